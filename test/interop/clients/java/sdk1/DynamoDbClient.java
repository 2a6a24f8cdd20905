import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDB;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBClientBuilder;
import com.amazonaws.services.dynamodbv2.datamodeling.encryption.DynamoDBEncryptor;
import com.amazonaws.services.dynamodbv2.datamodeling.encryption.EncryptionContext;
import com.amazonaws.services.dynamodbv2.datamodeling.encryption.providers.CachingMostRecentProvider;
import com.amazonaws.services.dynamodbv2.datamodeling.encryption.providers.DirectKmsMaterialProvider;
import com.amazonaws.services.dynamodbv2.datamodeling.encryption.providers.store.MetaStore;
import com.amazonaws.services.dynamodbv2.model.AttributeDefinition;
import com.amazonaws.services.dynamodbv2.model.AttributeValue;
import com.amazonaws.services.dynamodbv2.model.CreateTableRequest;
import com.amazonaws.services.dynamodbv2.model.KeySchemaElement;
import com.amazonaws.services.dynamodbv2.model.KeyType;
import com.amazonaws.services.dynamodbv2.model.ProvisionedThroughput;
import com.amazonaws.services.kms.AWSKMS;
import com.amazonaws.services.kms.AWSKMSClientBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Items under data keys of their own, with keys of each type, and items under a key in a MetaStore. */
public class DynamoDbClient {
  private static final String DIRECT = "interop-ddbec-java-direct";
  private static final String BINARY = "interop-ddbec-java-binary";
  private static final String META = "interop-ddbec-java-meta";
  private static final String RECENT = "interop-ddbec-java-recent";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final AmazonDynamoDB dynamodb;
  private final AWSKMS kms;
  private final String keyArn;

  private DynamoDbClient(JsonNode place) {
    EndpointConfiguration endpoint =
        new EndpointConfiguration(place.get("endpoint").asText(), "us-east-1");
    dynamodb = AmazonDynamoDBClientBuilder.standard().withEndpointConfiguration(endpoint).build();
    kms = AWSKMSClientBuilder.standard().withEndpointConfiguration(endpoint).build();
    keyArn = place.get("keyArn").asText();
  }

  private static AttributeValue id(String table, String text) {
    return table.equals(BINARY)
        ? new AttributeValue().withB(ByteBuffer.wrap(text.getBytes()))
        : new AttributeValue(text);
  }

  private void create(String table) {
    List<AttributeDefinition> attributes = new ArrayList<>();
    List<KeySchemaElement> keys = new ArrayList<>();
    attributes.add(new AttributeDefinition("id", table.equals(BINARY) ? "B" : "S"));
    keys.add(new KeySchemaElement("id", KeyType.HASH));
    attributes.add(new AttributeDefinition("at", "N"));
    keys.add(new KeySchemaElement("at", KeyType.RANGE));
    dynamodb.createTable(
        new CreateTableRequest(attributes, table, keys, new ProvisionedThroughput(1L, 1L)));
  }

  private DynamoDBEncryptor encryptor(String table) {
    DynamoDBEncryptor direct =
        DynamoDBEncryptor.getInstance(new DirectKmsMaterialProvider(kms, keyArn));
    if (!table.equals(RECENT)) return direct;
    MetaStore store = new MetaStore(dynamodb, META, direct);
    return DynamoDBEncryptor.getInstance(new CachingMostRecentProvider(store, "materials", 60_000));
  }

  private static EncryptionContext context(String table, Map<String, AttributeValue> item) {
    return new EncryptionContext.Builder()
        .withTableName(table)
        .withHashKeyName("id")
        .withRangeKeyName("at")
        .withAttributeValues(item)
        .build();
  }

  private ObjectNode write() throws Exception {
    MetaStore.createTable(dynamodb, META, new ProvisionedThroughput(1L, 1L));
    ObjectNode details = JSON.createObjectNode();
    for (String table : List.of(DIRECT, BINARY, RECENT)) {
      create(table);
      ObjectNode items = details.putObject(table);
      for (int at = 0; at < 3; at++) {
        String secret = table + " " + at;
        Map<String, AttributeValue> item = new LinkedHashMap<>();
        item.put("id", id(table, "a " + at));
        item.put("at", new AttributeValue().withN(String.valueOf(at * -7)));
        item.put("secret", new AttributeValue(secret));
        item.put("open", new AttributeValue("open"));
        dynamodb.putItem(
            table, encryptor(table).encryptAllFieldsExcept(item, context(table, item), "id", "at"));
        items.put(String.valueOf(at), secret);
      }
    }
    ObjectNode written = JSON.createObjectNode();
    // The items of RECENT have no data key of their own: the one in META covers them.
    written.put("dataKeys", 3 + 3 + 1);
    written.putArray("tables").add(DIRECT).add(BINARY).add(META).add(RECENT);
    written.set("details", details);
    return written;
  }

  private void read(JsonNode written) throws Exception {
    for (Map.Entry<String, JsonNode> table : written.get("details").properties())
      for (Map.Entry<String, JsonNode> item : table.getValue().properties()) {
        int at = Integer.parseInt(item.getKey());
        Map<String, AttributeValue> key = new HashMap<>();
        key.put("id", id(table.getKey(), "a " + at));
        key.put("at", new AttributeValue().withN(String.valueOf(at * -7)));
        Map<String, AttributeValue> found = dynamodb.getItem(table.getKey(), key).getItem();
        String secret =
            encryptor(table.getKey())
                .decryptAllFieldsExcept(found, context(table.getKey(), found), "id", "at")
                .get("secret")
                .getS();
        if (!secret.equals(item.getValue().asText()))
          throw new IllegalStateException(
              table.getKey() + ": something else was read than was written");
      }
  }

  public static void main(String[] arguments) throws Exception {
    JsonNode request = JSON.readTree(System.in);
    DynamoDbClient driver = new DynamoDbClient(request.get("place"));
    if (request.get("verb").asText().equals("write")) System.out.println(driver.write());
    else {
      driver.read(request.get("written"));
      System.out.println("{}");
    }
  }
}
