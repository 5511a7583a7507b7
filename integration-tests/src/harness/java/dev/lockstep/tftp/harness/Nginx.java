package dev.lockstep.tftp.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** nginx as an origin, with a folder of files. */
public final class Nginx implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Path STREAM = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

    private final Path folder;
    private final List<String> starter;
    private final String address;
    private final int port;
    private final String program = Tool.named("nginx", Path.of("/usr/sbin/nginx"));
    private Run run;

    /**
     * Starts nginx on 127.0.0.1.
     *
     * @param folder an empty folder; the files are below {@code files} in it
     * @param settings lines of its {@code server} block
     */
    public Nginx(Path folder, String... settings) {
        this(folder, List.of(), "127.0.0.1", freePort(), "", settings);
    }

    /**
     * Starts nginx by another command, for example in another network namespace.
     *
     * @param main the end of its configuration, beside the {@code http} block
     */
    public Nginx(Path folder, List<String> starter, String address, int port, String main, String... settings) {
        this.folder = folder;
        this.starter = starter;
        this.address = address;
        this.port = port;
        try {
            Files.createDirectories(files());
            Files.writeString(folder.resolve("nginx.conf"), configuration(settings) + main);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    private String configuration(String... settings) {
        return """
                %s
                daemon off;
                master_process off;
                pid nginx.pid;
                error_log stderr;
                events { worker_connections 16384; }
                http {
                    log_format requests '$request_method $uri $status "$http_range"';
                    access_log access.log requests;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    server {
                        listen %s:%d;
                        root files;
                        %s
                    }
                }
                """.formatted(modules(), address, port, String.join("\n        ", settings));
    }

    /** Returns the lines for the modules that distributions package apart. */
    private static String modules() {
        return Files.exists(STREAM) ? "load_module " + STREAM + ";" : "";
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it, at first or after it was killed. */
    public void start() {
        List<String> command = new ArrayList<>(starter);
        command.addAll(List.of(program, "-e", "stderr", "-p", folder + "/", "-c", folder + "/nginx.conf"));
        run = Run.start(folder, Map.of(), command);
        if (starter.isEmpty()) {
            awaitPort(run, port);
        } else {
            List<String> probe = new ArrayList<>(starter);
            probe.addAll(List.of("curl", "-s", "--retry", "20", "--retry-delay", "1", "--retry-connrefused", uri()));
            assertThat(Run.run(probe.toArray(String[]::new)).exit())
                    .as(run.printed())
                    .isZero();
        }
    }

    /** Waits until a server accepts connections on the loopback address. */
    static void awaitPort(Run server, int port) {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException e) {
                boolean waits = server.isAlive() && System.nanoTime() < deadline;
                assertThat(waits).as(server.printed()).isTrue();
                server.awaitErrors(text -> false, Duration.ofMillis(20));
            }
        }
    }

    /** Sends SIGKILL, so that connections are reset. */
    public void kill() {
        run.kill();
    }

    public Path files() {
        return folder.resolve("files");
    }

    public String uri() {
        return "http://" + address + ":" + port + "/";
    }

    /** Returns the requests that have ended: method, path, status and range. */
    public List<String> requests() {
        try {
            return Files.readAllLines(folder.resolve("access.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        run.close();
    }
}
