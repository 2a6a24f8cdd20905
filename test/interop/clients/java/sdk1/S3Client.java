import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.kms.AWSKMS;
import com.amazonaws.services.kms.AWSKMSClientBuilder;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import com.amazonaws.services.s3.AmazonS3EncryptionClientBuilder;
import com.amazonaws.services.s3.AmazonS3EncryptionClientV2Builder;
import com.amazonaws.services.s3.model.CryptoConfiguration;
import com.amazonaws.services.s3.model.CryptoConfigurationV2;
import com.amazonaws.services.s3.model.CryptoMode;
import com.amazonaws.services.s3.model.CryptoStorageMode;
import com.amazonaws.services.s3.model.KMSEncryptionMaterials;
import com.amazonaws.services.s3.model.KMSEncryptionMaterialsProvider;
import com.amazonaws.services.s3.model.ObjectMetadata;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/** The encryption clients of the first SDK: V1 wraps by `kms`, V2 by `kms+context`; metadata and instruction files. */
@SuppressWarnings("deprecation")
public class S3Client {
  private static final String BUCKET = "interop-s3ec-java-sdk1";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final EndpointConfiguration endpoint;
  private final String keyArn;

  private S3Client(JsonNode place) {
    endpoint = new EndpointConfiguration(place.get("endpoint").asText(), "us-east-1");
    keyArn = place.get("keyArn").asText();
  }

  private AWSKMS kms() {
    return AWSKMSClientBuilder.standard().withEndpointConfiguration(endpoint).build();
  }

  private AmazonS3 plain() {
    return AmazonS3ClientBuilder.standard()
        .withEndpointConfiguration(endpoint)
        .withPathStyleAccessEnabled(true)
        .build();
  }

  /** `how`: the version, the mode and the place of the data key, as in `v1/authenticated/instruction`. */
  private AmazonS3 client(String how) {
    String[] parts = how.split("/");
    CryptoMode mode =
        parts[1].equals("only") ? CryptoMode.EncryptionOnly : CryptoMode.AuthenticatedEncryption;
    CryptoStorageMode storage =
        parts[2].equals("instruction")
            ? CryptoStorageMode.InstructionFile
            : CryptoStorageMode.ObjectMetadata;
    KMSEncryptionMaterials described = new KMSEncryptionMaterials(keyArn);
    if (how.endsWith("context")) described.addDescription("tenant", "acme").addDescription("z", "1");
    KMSEncryptionMaterialsProvider materials = new KMSEncryptionMaterialsProvider(described);
    if (parts[0].equals("v1"))
      return AmazonS3EncryptionClientBuilder.standard()
          .withEndpointConfiguration(endpoint)
          .withPathStyleAccessEnabled(true)
          .withKmsClient(kms())
          .withEncryptionMaterials(materials)
          .withCryptoConfiguration(new CryptoConfiguration(mode).withStorageMode(storage))
          .build();
    return AmazonS3EncryptionClientV2Builder.standard()
        .withEndpointConfiguration(endpoint)
        .withPathStyleAccessEnabled(true)
        .withKmsClient(kms())
        .withEncryptionMaterialsProvider(materials)
        .withCryptoConfiguration(
            new CryptoConfigurationV2().withCryptoMode(mode).withStorageMode(storage))
        .build();
  }

  private ObjectNode write() {
    plain().createBucket(BUCKET);
    String[] ways = {
      "v1/only/metadata",
      "v1/authenticated/metadata",
      "v1/authenticated/instruction",
      "v2/authenticated/metadata",
      "v2/authenticated/instruction",
      "v2/authenticated/metadata/context",
    };
    ObjectNode details = JSON.createObjectNode();
    for (String how : ways) {
      String body = "written by " + how;
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      ObjectMetadata metadata = new ObjectMetadata();
      metadata.setContentLength(bytes.length);
      metadata.setContentType("text/plain");
      metadata.addUserMetadata("own", "kept");
      client(how).putObject(BUCKET, how, new ByteArrayInputStream(bytes), metadata);
      details.put(how, body);
    }
    ObjectNode written = JSON.createObjectNode();
    written.put("dataKeys", ways.length);
    written.putArray("buckets").add(BUCKET);
    written.set("details", details);
    return written;
  }

  private void read(JsonNode written) {
    written
        .get("details")
        .properties()
        .forEach(
            entry -> {
              String how = entry.getKey();
              String body = client(how).getObjectAsString(BUCKET, how);
              if (!body.equals(entry.getValue().asText()))
                throw new IllegalStateException(how + ": something else was read than was written");
            });
  }

  public static void main(String[] arguments) throws Exception {
    JsonNode request = JSON.readTree(System.in);
    S3Client driver = new S3Client(request.get("place"));
    if (request.get("verb").asText().equals("write")) System.out.println(driver.write());
    else {
      driver.read(request.get("written"));
      System.out.println("{}");
    }
  }
}
