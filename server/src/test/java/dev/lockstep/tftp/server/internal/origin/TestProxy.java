package dev.lockstep.tftp.server.internal.origin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP proxy: forwards requests with absolute URIs, and connects tunnels. Records the first line of each request. */
final class TestProxy implements AutoCloseable {
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final String authorization;

    /**
     * Starts a proxy.
     *
     * @param user the user and the password, or null if none are needed
     */
    TestProxy(String user) {
        authorization = user == null
                ? ""
                : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Returns the first line of each request that was allowed; of others, the line after {@code refused}. */
    List<String> requests() {
        return requests;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            String head = head(client.getInputStream());
            String line = head.substring(0, head.indexOf('\r'));
            if (!authorization.isEmpty() && !head.contains("Proxy-Authorization: " + authorization + "\r\n")) {
                requests.add("refused " + line);
                send(
                        client.getOutputStream(),
                        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"\r\n"
                                + "Content-Length: 0\r\nConnection: close\r\n\r\n");
                return;
            }
            requests.add(line);
            String target = line.split(" ")[1];
            boolean tunnel = line.startsWith("CONNECT ");
            URI uri = URI.create(tunnel ? "https://" + target : target);
            try (Socket origin = new Socket(uri.getHost(), uri.getPort())) {
                if (tunnel) {
                    send(client.getOutputStream(), "HTTP/1.1 200 Connected\r\n\r\n");
                } else {
                    String fields = head.substring(line.length() + 2).replaceAll("(?i)(Proxy-|Connection:).*\r\n", "");
                    send(
                            origin.getOutputStream(),
                            line.replace(target, uri.getRawPath()) + "\r\nConnection: close\r\n" + fields);
                }
                threads.execute(() -> pass(client, origin));
                pass(origin, client);
            }
        } catch (IOException e) {
            // the connection has ended
        }
    }

    private static void pass(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // the other direction ends it
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
