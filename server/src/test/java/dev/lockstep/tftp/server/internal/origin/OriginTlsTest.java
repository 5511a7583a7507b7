package dev.lockstep.tftp.server.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.OriginSettings;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.StorageSettings;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OriginTlsTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.1", 1024);
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private static Path certificates;

    @TempDir(factory = CacheFolder.class, cleanup = CleanupMode.NEVER)
    private Path cache;

    private HttpsServer server;

    /** Creates the keys of a server, of one whose certificate of that authority is expired, and of a client. */
    @BeforeAll
    static void createKeys() throws Exception {
        for (String name : List.of("server", "expired", "client")) {
            keytool(
                    name,
                    "-genkeypair -keyalg EC -validity 30 -ext bc=ca:true -ext san=ip:127.0.0.1 -dname CN=" + name);
            pem(name + ".crt", "CERTIFICATE", store(name).getCertificate("key").getEncoded());
            pem(
                    name + ".key",
                    "PRIVATE KEY",
                    store(name).getKey("key", PASSWORD).getEncoded());
        }
        keytool("expired", "-certreq -file " + file("request"));
        keytool(
                "server",
                "-gencert -rfc -startdate -10d -validity 5 -ext san=ip:127.0.0.1 -infile " + file("request")
                        + " -outfile " + file("response"));
        Files.writeString(file("response"), Files.readString(file("response")) + Files.readString(file("server.crt")));
        keytool("expired", "-importcert -noprompt -file " + file("response"));
    }

    private static void keytool(String store, String arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        command.addAll(List.of(arguments.split(" ")));
        command.addAll(List.of("-alias", "key", "-storetype", "PKCS12", "-storepass", "changeit"));
        command.addAll(List.of("-keystore", file(store + ".p12").toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private static KeyStore store(String name) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(certificates.resolve(name + ".p12"))) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static void pem(String file, String label, byte[] content) throws Exception {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(
                certificates.resolve(file),
                "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n");
    }

    private static Path file(String name) {
        return certificates.resolve(name);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    private String start(String name, boolean needsClient) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store(name), PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("client", store("client").getCertificate("key"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters ssl = context.getDefaultSSLParameters();
                ssl.setNeedClientAuth(needsClient);
                parameters.setSSLParameters(ssl);
            }
        });
        server.createContext("/", TestOrigin.file("\"one\"", new byte[1000])::answer);
        server.start();
        return "https://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    private long sizeOf(String uri, OriginSettings.Tls tls) throws Exception {
        OriginSettings usual = OriginSettings.DEFAULT;
        return sizeOf(uri, new OriginSettings(usual.ttl(), usual.staleIfError(), tls, null, usual.s3()));
    }

    private long sizeOf(String uri, OriginSettings settings) throws Exception {
        Storage storage = new OriginProvider(cache, SpoolLimits.DEFAULT)
                .open(URI.create(uri), new StorageSettings(WriteRules.READ_ONLY, false, settings));
        ReadRequest request = new ReadRequest("kernel", TransferMode.OCTET, Options.NONE);
        try (Source source =
                storage.open(request, PEER, Runnable::run).toCompletableFuture().get(30, TimeUnit.SECONDS)) {
            return source.size();
        } catch (ExecutionException e) {
            throw (TftpException) e.getCause();
        }
    }

    private static OriginSettings.Tls trusting(String name) {
        return new OriginSettings.Tls(file(name), null, null);
    }

    @Test
    void a_given_authority_is_trusted_and_no_other() throws Exception {
        String uri = start("server", false);
        assertThat(sizeOf(uri, trusting("server.crt"))).isEqualTo(1000);
        assertUntrusted(uri, trusting("client.crt"));
        assertUntrusted(uri, OriginSettings.Tls.OF_SYSTEM);
    }

    private void assertUntrusted(String uri, OriginSettings.Tls tls) {
        assertThatThrownBy(() -> sizeOf(uri, tls))
                .hasMessage("origin unavailable, try again")
                .satisfies(e -> assertThat(((TftpException) e).reason()).containsIgnoringCase("certificat"));
    }

    @Test
    void an_expired_certificate_is_a_clear_error() throws Exception {
        String uri = start("expired", false);
        assertThatThrownBy(() -> sizeOf(uri, trusting("server.crt")))
                .hasMessage("origin unavailable, try again")
                .satisfies(e -> assertThat(((TftpException) e).reason()).startsWith("certificate: NotAfter: "));
    }

    @Test
    void a_client_proves_who_it_is_by_its_certificate() throws Exception {
        String uri = start("server", true);
        assertThat(sizeOf(uri, new OriginSettings.Tls(file("server.crt"), file("client.crt"), file("client.key"))))
                .isEqualTo(1000);
        Path both = Files.writeString(
                certificates.resolve("both.pem"),
                Files.readString(file("client.key")) + Files.readString(file("client.crt")));
        assertThat(sizeOf(uri, new OriginSettings.Tls(file("server.crt"), both, null)))
                .isEqualTo(1000);
        assertThatThrownBy(() -> sizeOf(uri, trusting("server.crt"))).hasMessage("origin unavailable, try again");
    }

    @Test
    void a_request_for_https_goes_through_a_tunnel_of_the_proxy() throws Exception {
        String uri = start("server", false);
        URI address = URI.create(uri);
        OriginSettings usual = OriginSettings.DEFAULT;
        try (TestProxy proxy = new TestProxy(null)) {
            OriginSettings settings = new OriginSettings(
                    usual.ttl(),
                    usual.staleIfError(),
                    new OriginSettings.Tls(file("server.crt"), null, null),
                    URI.create("http://127.0.0.1:" + proxy.port()),
                    usual.s3());
            assertThat(sizeOf(uri, settings)).isEqualTo(1000);
            assertThat(proxy.requests()).containsExactly("CONNECT 127.0.0.1:" + address.getPort() + " HTTP/1.1");
        }
    }

    /** A process of its own: what Java does with a password for a tunnel is set once for all. */
    @Test
    void a_tunnel_is_opened_with_a_password_that_nobody_sees() throws Exception {
        String uri = start("server", false);
        try (TestProxy proxy = new TestProxy("user:pa55")) {
            List<String> command = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-XX:TieredStopAtLevel=1",
                    "dev.lockstep.tftp.server.cli.TftpdCommand",
                    "explain",
                    "--root=" + uri,
                    "--cache-dir=" + cache,
                    "--origin-ca=" + file("server.crt"),
                    "--origin-proxy=http://user:pa55@127.0.0.1:" + proxy.port(),
                    "192.0.2.1",
                    "read",
                    "kernel");
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            assertThat(output).contains("granted").doesNotContain("pa55");
            String line = "CONNECT 127.0.0.1:" + URI.create(uri).getPort() + " HTTP/1.1";
            assertThat(proxy.requests()).containsExactly("refused " + line, line);
        }
    }

    @Test
    void files_without_a_certificate_or_a_key_are_refused_by_name() {
        assertRefused(
                new OriginSettings.Tls(file("none"), null, null), "origin-ca: " + file("none") + " (expected: a PEM");
        assertRefused(trusting("client.key"), "origin-ca: " + file("client.key") + " (expected: BEGIN CERTIFICATE");
        assertRefused(
                new OriginSettings.Tls(null, file("client.crt"), null),
                "origin-cert: " + file("client.crt") + " (expected: BEGIN PRIVATE KEY");
        assertThatThrownBy(() -> new OriginSettings.Tls(null, null, file("client.key")))
                .hasMessage("origin-key: without origin-cert (expected: both)");
    }

    private void assertRefused(OriginSettings.Tls tls, String message) {
        assertThatThrownBy(() -> sizeOf("https://127.0.0.1:1/", tls))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
