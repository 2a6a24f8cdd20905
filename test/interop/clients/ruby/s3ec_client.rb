# frozen_string_literal: true

# The encryption clients of the AWS SDK for Ruby: V1 wraps by `kms`, V2 by `kms+context`; metadata and instruction files.
require 'aws-sdk-kms'
require 'aws-sdk-s3'
require 'json'

BUCKET = 'interop-s3ec-ruby'
# Version, and where the data key is.
WAYS = %w[v1/metadata v1/instruction_file v2/metadata v2/instruction_file v2/metadata/context].freeze

def client(type, place, **options)
  type.new(endpoint: place['endpoint'], region: 'us-east-1', **options)
end

def plain(place)
  client(Aws::S3::Client, place, force_path_style: true)
end

def encrypting(way, place, key = place['keyArn'])
  version, location = way.split('/')
  common = {
    client: plain(place),
    kms_key_id: key,
    kms_client: client(Aws::KMS::Client, place),
    envelope_location: location.to_sym
  }
  return Aws::S3::Encryption::Client.new(**common) if version == 'v1'

  Aws::S3::EncryptionV2::Client.new(
    **common,
    key_wrap_schema: :kms_context,
    content_encryption_schema: :aes_gcm_no_padding,
    security_profile: :v2
  )
end

def context_of(way)
  way.end_with?('context') ? { kms_encryption_context: { 'tenant' => 'acme', 'a' => '"b"' } } : {}
end

def write(place)
  plain(place).create_bucket(bucket: BUCKET)
  details = WAYS.to_h { |way| [way, "written by #{way}"] }
  details.each do |way, body|
    encrypting(way, place).put_object(
      bucket: BUCKET, key: way, body: body, metadata: { 'own' => 'kept' }, **context_of(way)
    )
  end
  { dataKeys: details.size, buckets: [BUCKET], details: details }
end

def read(place, written)
  written['details'].each do |way, body|
    # Debian's aws-sdk-kms is too old to name a key when it decrypts.
    key = way.start_with?('v2') ? :kms_allow_decrypt_with_any_cmk : place['keyArn']
    found = encrypting(way, place, key).get_object(bucket: BUCKET, key: way, **context_of(way))
    raise "#{way}: something else was read than was written" unless found.body.read == body
  end
  {}
end

request = JSON.parse($stdin.read)
place = request['place']
puts JSON.generate(request['verb'] == 'write' ? write(place) : read(place, request['written']))
