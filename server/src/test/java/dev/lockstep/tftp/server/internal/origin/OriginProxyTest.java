package dev.lockstep.tftp.server.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.OriginSettings;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.StorageSettings;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Origins behind an HTTP proxy. Tunnels to HTTPS are in {@link OriginTlsTest}. */
@Timeout(60)
class OriginProxyTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.1", 1024);
    private static final OriginTimes TIMES = new OriginTimes(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5));

    @TempDir(factory = CacheFolder.class, cleanup = CleanupMode.NEVER)
    private Path cache;

    private long sizeThrough(URI given, Map<String, String> environment, String uri) throws Exception {
        OriginSettings usual = OriginSettings.DEFAULT;
        OriginSettings settings = new OriginSettings(usual.ttl(), usual.staleIfError(), usual.tls(), given, usual.s3());
        Storage storage = new OriginProvider(cache, SpoolLimits.DEFAULT, TIMES, InstantSource.system(), environment)
                .open(URI.create(uri), new StorageSettings(WriteRules.READ_ONLY, false, settings));
        try (Source source = storage.read(new ReadRequest("kernel", TransferMode.OCTET, Options.NONE), PEER)) {
            return source.size();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_request_for_http_is_forwarded_by_the_proxy_of_the_flag_or_of_the_environment(boolean flag) throws Exception {
        try (TestOrigin origin = new TestOrigin(TestOrigin.file("\"one\"", new byte[1000]));
                TestProxy proxy = new TestProxy("user:secret word")) {
            String uri = "http://user:secret%20word@127.0.0.1:" + proxy.port();
            long size = flag
                    ? sizeThrough(OriginProvider.proxy("--origin-proxy", uri), Map.of(), origin.uri())
                    : sizeThrough(null, Map.of("http_proxy", uri), origin.uri());
            assertThat(size).isEqualTo(1000);
            String line = "GET " + origin.uri() + "kernel HTTP/1.1";
            assertThat(proxy.requests()).containsExactly("refused " + line, line);
            assertThat(origin.requests()).containsExactly("GET /kernel");
        }
    }

    @Test
    void a_wrong_password_and_a_proxy_that_is_not_there_are_clear_errors() throws Exception {
        try (TestOrigin origin = new TestOrigin(TestOrigin.file("\"one\"", new byte[1000]))) {
            int port;
            try (TestProxy proxy = new TestProxy("user:secret")) {
                port = proxy.port();
                URI wrong = URI.create("http://user:wrong@127.0.0.1:" + port);
                assertThatThrownBy(() -> sizeThrough(wrong, Map.of(), origin.uri()))
                        .hasMessage("origin unavailable, try again");
            }
            URI gone = URI.create("http://127.0.0.1:" + port);
            assertThatThrownBy(() -> sizeThrough(gone, Map.of(), origin.uri()))
                    .hasMessage("origin unavailable, try again");
            assertThat(origin.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://boot.example/, https_proxy, '', http://proxy",
        "https://boot.example/, HTTPS_PROXY, '', http://proxy",
        "https://boot.example/, http_proxy, '', ",
        "http://boot.example/, http_proxy, '', http://proxy",
        "http://boot.example/, HTTP_PROXY, '', ", // a web server would set it from a request
        "https://boot.example/, https_proxy, boot.example, ",
        "https://boot.example/, https_proxy, 'localhost,.example', ",
        "https://boot.example/, https_proxy, '*.example', ",
        "https://boot.example/, https_proxy, '*', ",
        "https://boot.example/, https_proxy, 'oot.example', http://proxy",
    })
    void the_environment_names_the_proxy_as_for_other_programs(String origin, String name, String no, String expected) {
        URI proxy = OriginProxy.of(null, URI.create(origin), Map.of(name, "http://proxy", "no_proxy", no));
        assertThat(proxy).isEqualTo(expected == null ? null : URI.create(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://user:pa55@proxy", "http://user:pa55@", "user:pa55@proxy:3128", "http://user:pa 55@p"})
    void an_invalid_proxy_is_refused_without_its_password(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OriginProvider.proxy("--origin-proxy", text))
                .withMessage("--origin-proxy (expected: http://[USER:PASSWORD@]HOST[:PORT])");
    }
}
