package dev.lockstep.tftp.client.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code tftp hello}: checks whether a server's TCP probe replies. The output numbers the steps of client and server
 * together, from 1 to 6.
 */
@Command(
        name = "hello",
        mixinStandardHelpOptions = true,
        versionProvider = TftpCommand.Version.class,
        sortOptions = false,
        description =
                "Checks a server's TCP probe (tftpd --probe-port), which replies while the server accepts requests.",
        customSynopsis = "tftp hello [HOST [PORT]]",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:reply received", "1:no reply", "2:wrong usage"},
        footerHeading = "%nExamples:%n",
        footer = {"  tftp hello 192.0.2.1", "  tftp hello 192.0.2.1 8701"})
final class HelloCommand implements Callable<Integer> {
    private static final int PROBE_PORT = 8700;
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int LONGEST_LINE = 256;
    private static final String HELLO = "Hi, server! I'm client.";

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "HOST",
            description = "The server (default ${DEFAULT-VALUE}).")
    private String host = "127.0.0.1";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PORT",
            description = "Port of its probe (default ${DEFAULT-VALUE}).")
    private int port = PROBE_PORT;

    @Override
    public Integer call() {
        if (port < 1 || port > 65535) {
            throw new ParameterException(spec.commandLine(), "port: " + port + " (expected: 1 to 65535)");
        }
        try (Socket socket = new Socket()) {
            InetSocketAddress server = new InetSocketAddress(host, port);
            if (server.isUnresolved()) {
                throw new IOException("unknown host");
            }
            socket.connect(server, TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write((HELLO + "\n").getBytes(StandardCharsets.US_ASCII));
            System.out.println("[1] Send: " + HELLO);
            System.out.println("[4] Recv: " + readLine(socket.getInputStream()));
        } catch (IOException e) {
            System.err.println("tftp: hello " + host + " " + port + ": " + e.getMessage());
            return 1;
        }
        System.out.println("[5] Close Socket");
        return 0;
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("connection closed without a reply");
            }
            if (line.length() == LONGEST_LINE) {
                throw new IOException("no line within " + LONGEST_LINE + " bytes");
            }
            line.append(next >= ' ' && next <= '~' ? (char) next : '?');
        }
        return line.toString();
    }
}
