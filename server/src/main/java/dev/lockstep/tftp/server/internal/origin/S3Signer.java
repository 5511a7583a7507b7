package dev.lockstep.tftp.server.internal.origin;

import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/** Signs requests to an object store (AWS Signature Version 4). */
final class S3Signer implements RequestSigner {
    /** Fields that the HTTP client sets itself. */
    private static final Set<String> OWN_FIELDS = Set.of("host", "content-length");

    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private final AwsCredentials credentials;
    private final String region;

    S3Signer(AwsCredentials credentials, String region) {
        this.credentials = credentials;
        this.region = region;
    }

    @Override
    public Map<String, String> sign(String method, URI uri, Map<String, String> fields, Payload payload)
            throws IOException {
        AwsCredentials.Keys keys = credentials.get();
        SdkHttpRequest.Builder request =
                SdkHttpRequest.builder().method(SdkHttpMethod.fromValue(method)).uri(uri);
        fields.forEach(request::putHeader);
        if (payload == null) {
            request.putHeader("x-amz-checksum-mode", "ENABLED"); // the response then has the checksum of the object
        }
        SignedRequest signed = signer.sign(r -> r.identity(identity(keys))
                .request(request.build())
                .payload(payload == null ? null : ContentStreamProvider.fromInputStreamSupplier(payload::stream))
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                .putProperty(AwsV4HttpSigner.CHUNK_ENCODING_ENABLED, false));
        Map<String, String> all = new HashMap<>();
        signed.request().forEachHeader((name, values) -> {
            if (!OWN_FIELDS.contains(name.toLowerCase(Locale.ROOT))) {
                all.put(name, String.join(",", values));
            }
        });
        return all;
    }

    private static AwsCredentialsIdentity identity(AwsCredentials.Keys keys) {
        return keys.token() == null
                ? AwsCredentialsIdentity.create(keys.id(), keys.secret())
                : AwsSessionCredentialsIdentity.create(keys.id(), keys.secret(), keys.token());
    }
}
