package dev.lockstep.tftp.server.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.server.internal.origin.AwsCredentials.Keys;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AwsCredentialsTest {
    private static final String JSON =
            "{ \"AccessKeyId\" : \"%s\", \"SecretAccessKey\":\"s\\/1\", \"Token\":\"t\", \"Expiration\":\"%s\" }";

    @TempDir
    private Path home;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
    private final Map<String, String> environment = new HashMap<>(Map.of("AWS_EC2_METADATA_DISABLED", "true"));
    private final TestOrigin service = new TestOrigin(TestOrigin.status(404));

    @AfterEach
    void stop() {
        service.close();
    }

    private AwsCredentials credentials() {
        environment.putIfAbsent("HOME", home.toString());
        return new AwsCredentials(new AwsEnvironment(environment), now::get, null, Duration.ofSeconds(10));
    }

    private void writeProfiles() throws IOException {
        Files.createDirectory(home.resolve(".aws"));
        Files.writeString(home.resolve(".aws/credentials"), """
                [default]
                aws_access_key_id = id-1
                aws_secret_access_key = secret-1

                [site] # comment
                aws_access_key_id=id-2
                aws_secret_access_key=secret-2
                aws_session_token=token-2
                """);
        Files.writeString(home.resolve(".aws/config"), """
                [default]
                region = eu-central-1
                s3 =
                  endpoint_url = http://nested
                [profile site]
                region = eu-west-1
                endpoint_url = https://store.example
                """);
    }

    @Test
    void the_environment_is_first() throws IOException {
        writeProfiles();
        environment.putAll(Map.of("AWS_ACCESS_KEY_ID", "id-0", "AWS_SECRET_ACCESS_KEY", "secret-0"));
        assertThat(credentials().get()).isEqualTo(new Keys("id-0", "secret-0", null, null));
    }

    @Test
    void a_profile_is_second() throws IOException {
        writeProfiles();
        assertThat(credentials().get()).isEqualTo(new Keys("id-1", "secret-1", null, null));
        environment.put("AWS_PROFILE", "site");
        assertThat(credentials().get()).isEqualTo(new Keys("id-2", "secret-2", "token-2", null));
        Map<String, String> profile = new AwsEnvironment(environment).profile();
        assertThat(profile).containsEntry("region", "eu-west-1").containsEntry("endpoint_url", "https://store.example");
        environment.remove("AWS_PROFILE");
        assertThat(new AwsEnvironment(environment).profile()).doesNotContainKey("endpoint_url");
    }

    @Test
    void the_token_of_a_web_identity_is_exchanged_for_the_credentials_of_its_role() throws IOException {
        writeProfiles();
        Path token = home.resolve("token");
        environment.putAll(Map.of(
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                token.toString(),
                "AWS_ROLE_ARN",
                "arn:aws:iam::1:role/tftpd",
                "AWS_ENDPOINT_URL_STS",
                service.uri()));
        AwsCredentials credentials = credentials();
        assertThatThrownBy(credentials::get).hasMessage("AWS_WEB_IDENTITY_TOKEN_FILE: no such file: " + token);
        Files.writeString(token, "header.payload+/signature\n");
        List<String> forms = new CopyOnWriteArrayList<>();
        service.behave(exchange -> {
            forms.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] body =
                    """
                    <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                      <AssumeRoleWithWebIdentityResult>
                        <AssumedRoleUser><Arn>arn</Arn></AssumedRoleUser>
                        <Credentials>
                          <AccessKeyId>id-%d</AccessKeyId>
                          <SecretAccessKey>s/1+</SecretAccessKey>
                          <SessionToken>
                            t=
                          </SessionToken>
                          <Expiration>%s</Expiration>
                        </Credentials>
                      </AssumeRoleWithWebIdentityResult>
                    </AssumeRoleWithWebIdentityResponse>
                    """.formatted(forms.size(), now.get().plusSeconds(3600)).getBytes(StandardCharsets.UTF_8);
            TestOrigin.file(null, body).answer(exchange);
        });
        assertThat(credentials.get())
                .isEqualTo(new Keys("id-1", "s/1+", "t=", now.get().plusSeconds(3600)));
        assertThat(service.requests()).containsExactly("POST /");
        assertThat(forms.get(0).split("&"))
                .containsExactlyInAnyOrder(
                        "Action=AssumeRoleWithWebIdentity",
                        "Version=2011-06-15",
                        "RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Ftftpd",
                        "RoleSessionName=tftpd",
                        "WebIdentityToken=header.payload%2B%2Fsignature");
        Files.writeString(token, "next");
        now.updateAndGet(time -> time.plusSeconds(3300));
        assertThat(credentials.get().id()).isEqualTo("id-2");
        assertThat(forms.get(1)).contains("WebIdentityToken=next");
        service.behave(exchange -> {
            byte[] body = "<Error><Code>ExpiredTokenException</Code><Message>next</Message></Error>"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(400, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        assertThatThrownBy(() -> credentials().get()).hasMessage("credentials: HTTP status 400, ExpiredTokenException");
    }

    @Test
    void a_container_is_third_and_its_credentials_are_renewed_before_they_expire() throws IOException {
        environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", service.uri() + "role");
        environment.put("AWS_CONTAINER_AUTHORIZATION_TOKEN", "pass");
        service.behave(exchange -> {
            boolean authorized = "pass".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            String id = "id-" + service.requests().size();
            byte[] body = JSON.formatted(id, now.get().plusSeconds(3600)).getBytes(StandardCharsets.UTF_8);
            (authorized ? TestOrigin.file(null, body) : TestOrigin.status(403)).answer(exchange);
        });
        AwsCredentials credentials = credentials();
        Keys first = credentials.get();
        assertThat(first).isEqualTo(new Keys("id-1", "s/1", "t", now.get().plusSeconds(3600)));
        now.updateAndGet(time -> time.plusSeconds(3299));
        assertThat(credentials.get()).isEqualTo(first);
        now.updateAndGet(time -> time.plusSeconds(1));
        assertThat(credentials.get().id()).isEqualTo("id-2");
        service.behave(TestOrigin.status(500));
        now.updateAndGet(time -> time.plusSeconds(3400));
        assertThat(credentials.get().id()).isEqualTo("id-2"); // still valid
        now.updateAndGet(time -> time.plusSeconds(300));
        assertThatThrownBy(credentials::get).hasMessage("credentials: HTTP status 500");
    }

    @Test
    void an_instance_is_last_and_is_asked_with_a_token() throws IOException {
        environment.remove("AWS_EC2_METADATA_DISABLED");
        environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", service.uri());
        service.behave(exchange -> {
            String path = exchange.getRequestURI().getPath();
            String body = path.endsWith("/token")
                    ? "token-9"
                    : path.endsWith("/security-credentials/")
                            ? "role-1"
                            : JSON.formatted("id-9", "2026-11-22T13:00:00Z");
            boolean authorized = exchange.getRequestMethod().equals("PUT")
                    || "token-9".equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"));
            (authorized ? TestOrigin.file(null, body.getBytes(StandardCharsets.UTF_8)) : TestOrigin.status(401))
                    .answer(exchange);
        });
        assertThat(credentials().get().id()).isEqualTo("id-9");
        assertThat(service.requests())
                .containsExactly(
                        "PUT /latest/api/token",
                        "GET /latest/meta-data/iam/security-credentials/",
                        "GET /latest/meta-data/iam/security-credentials/role-1");
    }

    @Test
    void none_at_all_is_a_clear_error_and_no_text_has_a_secret() {
        assertThatThrownBy(() -> credentials().get()).hasMessageStartingWith("no credentials (expected: ");
        assertThat(new Keys("id", "secret", "token", null).toString()).isEqualTo("credentials");
        environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://192.0.2.1/role");
        assertThatThrownBy(() -> credentials().get())
                .hasMessageContaining("expected: HTTPS, or an address of this machine");
    }

    /** The example of the documentation of Amazon S3 signs another set of fields, so only the form is compared. */
    @Test
    void requests_are_signed_with_their_fields_and_the_token() throws IOException {
        environment.putAll(Map.of(
                "AWS_ACCESS_KEY_ID", "id-0", "AWS_SECRET_ACCESS_KEY", "secret-0", "AWS_SESSION_TOKEN", "token-0"));
        Map<String, String> fields = new S3Signer(credentials(), "eu-west-1")
                .sign("GET", URI.create("http://127.0.0.1:9000/boot/a%20b"), Map.of("Range", "bytes=5-"), null);
        assertThat(fields).containsEntry("Range", "bytes=5-").doesNotContainKeys("Host", "host");
        assertThat(fields.get("Authorization"))
                .contains("AWS4-HMAC-SHA256 Credential=id-0/")
                .contains("/eu-west-1/s3/aws4_request")
                .contains("range;")
                .contains("x-amz-security-token");
        assertThat(fields.toString()).doesNotContain("secret-0");
    }
}
