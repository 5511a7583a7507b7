package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.server.storage.OriginSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the credentials for an object store where the tools of AWS find them: in the environment, by the token of a web
 * identity, in the profile files, at the endpoint of a container, or in the metadata of an instance (version 2).
 * Temporary credentials are renewed before they expire.
 */
@ThreadSafe
@Blocking
final class AwsCredentials {
    /** Longest wait for a service of this machine. */
    static final Duration LIMIT = Duration.ofSeconds(1);
    /** Factor of that time for the security token service, which may be far away. */
    private static final int FAR = 3;
    /** Time before their end from which credentials are renewed. */
    private static final Duration MARGIN = Duration.ofMinutes(5);
    /** Time after which credentials without an end are looked up again: an operator may replace them. */
    private static final Duration REFRESH = Duration.ofMinutes(1);

    private static final String CONTAINER = "http://169.254.170.2";
    private static final String INSTANCE = "http://169.254.169.254";
    private static final Set<String> CONTAINER_HOSTS = Set.of("169.254.170.2", "169.254.170.23", "[fd00:ec2::23]");
    /** A value of a flat object of JSON. */
    private static final String JSON = "\"%s\"\\s*:\\s*\"([^\"]*)\"";
    /** The text of an element of XML. None of the values has characters that are escaped in XML. */
    private static final String XML = "<%1$s>\\s*([^<]*?)\\s*</%1$s>";

    private static final String ROLES = "/latest/meta-data/iam/security-credentials/";

    private final AwsEnvironment environment;
    private final InstantSource clock;
    private final URI proxy;
    private final Duration limit;
    private HttpClient client;
    private Keys keys;
    private Instant renewAt = Instant.MIN;

    /**
     * Credentials.
     *
     * @param token the session token, or null
     * @param expiry the end of their validity, or null
     */
    record Keys(String id, String secret, String token, Instant expiry) {
        /** Returns a text without secrets. */
        @Override
        public String toString() {
            return "credentials";
        }
    }

    /**
     * Creates a finder.
     *
     * @param proxy the proxy of a flag for the security token service, or null
     * @param limit the longest wait for a service of this machine
     */
    AwsCredentials(AwsEnvironment environment, InstantSource clock, URI proxy, Duration limit) {
        this.environment = environment;
        this.clock = clock;
        this.proxy = proxy;
        this.limit = limit;
    }

    /**
     * Returns the current credentials.
     *
     * @throws IOException if there are none
     */
    synchronized Keys get() throws IOException {
        Instant now = clock.instant();
        if (keys == null || !now.isBefore(renewAt)) {
            try {
                keys = find();
                renewAt = keys.expiry == null ? now.plus(REFRESH) : keys.expiry.minus(MARGIN);
                if (renewAt.isBefore(now.plus(REFRESH))) {
                    renewAt = now.plus(REFRESH);
                }
            } catch (IOException e) {
                if (keys == null || keys.expiry != null && !now.isBefore(keys.expiry)) {
                    throw e;
                }
                renewAt = now.plus(REFRESH); // these are still valid
            }
        }
        return keys;
    }

    private Keys find() throws IOException {
        Optional<Keys> found = inEnvironment();
        if (found.isEmpty()) {
            found = ofWebIdentity();
        }
        if (found.isEmpty()) {
            found = inProfile();
        }
        if (found.isEmpty()) {
            found = ofContainer();
        }
        if (found.isEmpty()) {
            found = ofInstance();
        }
        return found.orElseThrow(() -> new IOException("no credentials (expected: AWS_ACCESS_KEY_ID,"
                + " AWS_WEB_IDENTITY_TOKEN_FILE, a profile, or those of a container or an instance)"));
    }

    private Optional<Keys> inEnvironment() {
        return keys(
                environment.variable("AWS_ACCESS_KEY_ID"),
                environment.variable("AWS_SECRET_ACCESS_KEY"),
                environment.variable("AWS_SESSION_TOKEN"));
    }

    private Optional<Keys> inProfile() {
        Map<String, String> profile = environment.profile();
        return keys(
                Optional.ofNullable(profile.get("aws_access_key_id")),
                Optional.ofNullable(profile.get("aws_secret_access_key")),
                Optional.ofNullable(profile.get("aws_session_token")));
    }

    private static Optional<Keys> keys(Optional<String> id, Optional<String> secret, Optional<String> token) {
        return id.isPresent() && secret.isPresent()
                ? Optional.of(new Keys(id.get(), secret.get(), token.orElse(null), null))
                : Optional.empty();
    }

    /** Exchanges the token of a service account, such as that of a pod, for the credentials of a role. */
    private Optional<Keys> ofWebIdentity() throws IOException {
        Map<String, String> profile = environment.profile();
        Optional<String> file = environment
                .variable("AWS_WEB_IDENTITY_TOKEN_FILE")
                .or(() -> Optional.ofNullable(profile.get("web_identity_token_file")));
        Optional<String> role =
                environment.variable("AWS_ROLE_ARN").or(() -> Optional.ofNullable(profile.get("role_arn")));
        if (file.isEmpty() || role.isEmpty()) {
            return Optional.empty();
        }
        URI service = environment
                .variable("AWS_ENDPOINT_URL_STS")
                .or(() -> environment.variable("AWS_ENDPOINT_URL"))
                .or(() -> environment.region().map(region -> "https://sts." + region + ".amazonaws.com"))
                .map(OriginSettings.S3::endpointOf)
                .orElse(URI.create("https://sts.amazonaws.com"));
        String form = Map.of(
                        "Action",
                        "AssumeRoleWithWebIdentity",
                        "Version",
                        "2011-06-15",
                        "RoleArn",
                        role.get(),
                        "RoleSessionName",
                        environment.variable("AWS_ROLE_SESSION_NAME").orElse("tftpd"),
                        "WebIdentityToken",
                        tokenIn(file.get()))
                .entrySet()
                .stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpClient.Builder sts =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(limit.multipliedBy(FAR));
        OriginProxy.apply(OriginProxy.of(proxy, service, environment.variables()), sts);
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(service.toString().replaceFirst("/*$", "/")))
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .header("Content-Type", "application/x-www-form-urlencoded");
        return Optional.of(parse(send(sts.build(), request.timeout(limit.multipliedBy(FAR))), XML, "SessionToken"));
    }

    private static String tokenIn(String file) throws IOException {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (NoSuchFileException e) {
            throw new IOException("AWS_WEB_IDENTITY_TOKEN_FILE: no such file: " + file, e);
        }
    }

    private Optional<Keys> ofContainer() throws IOException {
        Optional<String> uri = environment
                .variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
                .map(path -> CONTAINER + path)
                .or(() -> environment.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
        if (uri.isEmpty()) {
            return Optional.empty();
        }
        URI address = URI.create(uri.get());
        boolean trusted = "https".equals(address.getScheme())
                || CONTAINER_HOSTS.contains(address.getHost())
                || InetAddress.getByName(address.getHost()).isLoopbackAddress();
        if (!trusted) {
            throw new IOException(
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI (expected: HTTPS, or an address of this machine)");
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(address);
        Optional<String> file = environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        Optional<String> token = file.isPresent()
                ? Optional.of(Files.readString(Path.of(file.get())).strip())
                : environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
        token.ifPresent(value -> request.header("Authorization", value));
        return Optional.of(parse(send(request), JSON, "Token"));
    }

    private Optional<Keys> ofInstance() throws IOException {
        if (environment
                .variable("AWS_EC2_METADATA_DISABLED")
                .filter("true"::equalsIgnoreCase)
                .isPresent()) {
            return Optional.empty();
        }
        String service = environment
                .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT")
                .map(text -> text.replaceFirst("/+$", ""))
                .orElse(INSTANCE);
        String token;
        try {
            token = send(HttpRequest.newBuilder(URI.create(service + "/latest/api/token"))
                    .PUT(HttpRequest.BodyPublishers.noBody())
                    .header("X-aws-ec2-metadata-token-ttl-seconds", "21600"));
        } catch (IOException e) {
            return Optional.empty(); // not an instance
        }
        String role = send(metadata(service + ROLES, token)).strip();
        return Optional.of(parse(send(metadata(service + ROLES + role, token)), JSON, "Token"));
    }

    private static HttpRequest.Builder metadata(String uri, String token) {
        return HttpRequest.newBuilder(URI.create(uri)).header("X-aws-ec2-metadata-token", token);
    }

    private String send(HttpRequest.Builder request) throws IOException {
        if (client == null) {
            client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(limit)
                    .build();
        }
        return send(client, request.timeout(limit));
    }

    private static String send(HttpClient client, HttpRequest.Builder request) throws IOException {
        try {
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                String code = value(response.body(), XML, "Code")
                        .filter(text -> text.matches("\\w{1,64}"))
                        .map(text -> ", " + text)
                        .orElse("");
                throw new IOException("credentials: HTTP status " + response.statusCode() + code);
            }
            return response.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /**
     * Parses a response. The message of an error has nothing of it.
     *
     * @param form the form of a value
     * @param token the name of the session token
     */
    private static Keys parse(String response, String form, String token) throws IOException {
        try {
            String id = value(response, form, "AccessKeyId")
                    .orElseThrow(() -> new IOException("credentials: no AccessKeyId"));
            String secret = value(response, form, "SecretAccessKey")
                    .orElseThrow(() -> new IOException("credentials: no SecretAccessKey"));
            Instant expiry =
                    value(response, form, "Expiration").map(Instant::parse).orElse(null);
            return new Keys(id, secret, value(response, form, token).orElse(null), expiry);
        } catch (DateTimeException e) {
            throw new IOException("credentials: Expiration is no time", e);
        }
    }

    private static Optional<String> value(String response, String form, String name) {
        Matcher value = Pattern.compile(form.formatted(name)).matcher(response);
        return value.find() ? Optional.of(value.group(1).replace("\\/", "/")) : Optional.empty();
    }
}
