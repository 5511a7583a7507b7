package dev.lockstep.tftp.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** S3Proxy as an object store, with a folder of buckets. It checks the signatures of all requests. */
public final class S3Proxy implements AutoCloseable {
    private static final Path JARS = Repository.ROOT.resolve("integration-tests/s3proxy/target/lib");

    private final Path folder;
    private final int port;
    private Run run;

    /**
     * Starts it on 127.0.0.1.
     *
     * @param folder an empty folder; the buckets are below {@code buckets} in it
     */
    public S3Proxy(Path folder, String bucket) {
        Tool.require(Files.isDirectory(JARS), "S3Proxy (mvn package -pl integration-tests/s3proxy)");
        this.folder = folder;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
            Files.createDirectories(files(bucket));
            Files.writeString(folder.resolve("s3proxy.conf"), """
                    s3proxy.authorization=aws-v4
                    s3proxy.endpoint=http://127.0.0.1:%d
                    s3proxy.identity=test-identity
                    s3proxy.credential=test-credential
                    jclouds.provider=filesystem-nio2
                    jclouds.filesystem.basedir=%s
                    """.formatted(port, folder.resolve("buckets")));
            Files.writeString(folder.resolve("log.xml"), """
                    <configuration>
                      <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                        <encoder><pattern>%msg%n</pattern></encoder>
                      </appender>
                      <logger name="org.gaul.s3proxy.S3ProxyHandler" level="DEBUG"/>
                      <root level="WARN"><appender-ref ref="out"/></root>
                    </configuration>
                    """);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    /** Starts it, at first or after it was killed. */
    public void start() {
        run = Run.start(
                folder,
                Map.of(),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dlogback.configurationFile=" + folder.resolve("log.xml"),
                        "-cp",
                        JARS + "/*",
                        "org.gaul.s3proxy.Main",
                        "--properties",
                        folder.resolve("s3proxy.conf").toString()));
        Nginx.awaitPort(run, port);
    }

    /** Sends SIGKILL. The requests of {@link #requestsFor} are those since the next start. */
    public void kill() {
        run.kill();
    }

    public Path files(String bucket) {
        return folder.resolve("buckets").resolve(bucket);
    }

    public String endpoint() {
        return "http://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** Returns the lines about requests for a path so far. */
    public List<String> requestsFor(String path) {
        return run.printed().lines().filter(line -> line.contains(path)).toList();
    }

    /** Returns the environment of a program with the right credentials. */
    public Map<String, String> credentials() {
        return Map.of("AWS_ACCESS_KEY_ID", "test-identity", "AWS_SECRET_ACCESS_KEY", "test-credential");
    }

    @Override
    public void close() {
        run.close();
    }
}
