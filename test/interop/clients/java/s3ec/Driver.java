import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Method;
import java.net.URI;
import java.util.Map;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.encryption.s3.S3EncryptionClient;
import software.amazon.encryption.s3.internal.InstructionFileConfig;
import software.amazon.encryption.s3.materials.KmsKeyring;

/** The encryption client of the second SDK, of version 3 or 4, as the class path has it. */
public class Driver {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI endpoint;
  private final String keyArn;
  private final String bucket;

  private Driver(JsonNode place, String bucket) {
    endpoint = URI.create(place.get("endpoint").asText());
    keyArn = place.get("keyArn").asText();
    this.bucket = bucket;
  }

  private S3Client plain() {
    return S3Client.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .build();
  }

  private S3EncryptionClient client(boolean instruction) throws Exception {
    S3AsyncClient async =
        S3AsyncClient.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .build();
    KmsClient kms =
        KmsClient.builder().endpointOverride(endpoint).region(Region.US_EAST_1).build();
    return builder()
        .wrappedClient(plain())
        .wrappedAsyncClient(async)
        .keyring(KmsKeyring.builder().kmsClient(kms).wrappingKeyId(keyArn).build())
        .instructionFileConfig(
            InstructionFileConfig.builder()
                .instructionFileClient(plain())
                .enableInstructionFilePutObject(instruction)
                .build())
        .build();
  }

  /** Version 4 has another name for it. */
  private static S3EncryptionClient.Builder builder() throws Exception {
    for (Method method : S3EncryptionClient.class.getMethods())
      if (method.getName().matches("builder(V4)?"))
        return (S3EncryptionClient.Builder) method.invoke(null);
    throw new IllegalStateException("this version has no builder");
  }

  private static Map<String, String> contextOf(String way) {
    return way.startsWith("context") ? Map.of("tenant", "acme", "b", "a \"quote\"") : Map.of();
  }

  private ObjectNode write() throws Exception {
    plain().createBucket(request -> request.bucket(bucket));
    String[] ways = {"plain", "context", "instruction", "context-instruction"};
    ObjectNode details = JSON.createObjectNode();
    for (String way : ways) {
      String body = "written by " + way;
      PutObjectRequest put =
          PutObjectRequest.builder()
              .bucket(bucket)
              .key(way)
              .contentType("text/plain")
              .metadata(Map.of("own", "kept"))
              .overrideConfiguration(
                  S3EncryptionClient.withAdditionalConfiguration(contextOf(way)))
              .build();
      try (S3EncryptionClient client = client(way.endsWith("instruction"))) {
        client.putObject(put, RequestBody.fromString(body));
      }
      details.put(way, body);
    }
    ObjectNode written = JSON.createObjectNode();
    written.put("dataKeys", ways.length);
    written.putArray("buckets").add(bucket);
    written.set("details", details);
    return written;
  }

  private void read(JsonNode written) throws Exception {
    for (Map.Entry<String, JsonNode> entry : written.get("details").properties()) {
      String way = entry.getKey();
      GetObjectRequest get =
          GetObjectRequest.builder()
              .bucket(bucket)
              .key(way)
              .overrideConfiguration(
                  S3EncryptionClient.withAdditionalConfiguration(contextOf(way)))
              .build();
      try (S3EncryptionClient client = client(false)) {
        ResponseBytes<GetObjectResponse> found = client.getObjectAsBytes(get);
        if (!found.asUtf8String().equals(entry.getValue().asText()))
          throw new IllegalStateException(way + ": something else was read than was written");
      }
    }
  }

  /** The argument is the bucket. */
  public static void main(String[] arguments) throws Exception {
    JsonNode request = JSON.readTree(System.in);
    Driver driver = new Driver(request.get("place"), arguments[0]);
    if (request.get("verb").asText().equals("write")) System.out.println(driver.write());
    else {
      driver.read(request.get("written"));
      System.out.println("{}");
    }
    System.exit(0);
  }
}
