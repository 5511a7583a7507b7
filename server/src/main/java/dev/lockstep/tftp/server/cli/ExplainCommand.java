package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.server.internal.logging.Logging;
import dev.lockstep.tftp.server.rules.ConfigException;
import dev.lockstep.tftp.server.rules.Explanation;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code tftpd explain}: prints how the daemon would answer a request. */
@Command(
        name = "explain",
        description = "Explains how a request would be answered: which rule, which file, which options."
                + " Files are opened with the rights of the current user.",
        mixinStandardHelpOptions = true,
        versionProvider = TftpdCommand.Version.class,
        customSynopsis = "tftpd explain [OPTIONS] CLIENT_IP read|write PATH [OPTION=VALUE...]",
        footerHeading = "%nExamples:%n",
        footer = {"  tftpd explain --root /srv/tftp \\", "      192.0.2.1 read pxelinux.0"},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:the request would be granted", "1:the request would be refused", "2:wrong usage"})
final class ExplainCommand implements Callable<Integer> {
    private static final int ETHERNET_MTU = 1500;
    private static final int DISCARD = 9;

    /** The operation of the request. */
    enum Operation {
        READ,
        WRITE
    }

    @ParentCommand
    private TftpdCommand daemon;

    @Spec
    private CommandSpec spec;

    @Option(names = Configuration.FLAG, paramLabel = "FILE", description = "The configuration file.")
    private Path config;

    @Parameters(index = "0", paramLabel = "CLIENT_IP", description = "The client's address.")
    private String client;

    @Parameters(index = "1", paramLabel = "read|write", description = "The operation.")
    private Operation operation;

    @Parameters(index = "2", paramLabel = "PATH", description = "The file name as the client sends it.")
    private String path;

    @Parameters(index = "3..*", paramLabel = "OPTION=VALUE", description = "Options as the client sends them.")
    private List<String> options = List.of();

    @Override
    public Integer call() throws IOException, ConfigException {
        Logging.configure(false, true, false, 1);
        InetAddress address;
        try {
            address = Explanation.client(client);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "CLIENT_IP: " + e.getMessage());
        }
        Request request;
        try {
            request = request(operation, path, options);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        Explanation explanation = new Explanation(
                daemon.lookAtRules(),
                request,
                address,
                daemon.mtuOf(new InetSocketAddress(address, 0)).orElseGet(() -> pathMtu(address)));
        explanation.lines().forEach(System.out::println);
        return explanation.isGranted() ? 0 : 1;
    }

    /**
     * Returns a request in octet mode.
     *
     * @param options each in the form {@code OPTION=VALUE}
     * @throws IllegalArgumentException if an option has another form
     */
    static Request request(Operation operation, String path, List<String> options) {
        Options asked = Options.NONE;
        for (String option : options) {
            int equals = option.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("option: " + option + " (expected: OPTION=VALUE)");
            }
            asked = asked.with(option.substring(0, equals), option.substring(equals + 1));
        }
        return operation == Operation.READ
                ? new ReadRequest(path, TransferMode.OCTET, asked)
                : new WriteRequest(path, TransferMode.OCTET, asked);
    }

    /** Returns the MTU of the network interface on the route to a client, in bytes. */
    static int pathMtu(InetAddress client) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(client, DISCARD);
            NetworkInterface network = NetworkInterface.getByInetAddress(socket.getLocalAddress());
            return network == null ? ETHERNET_MTU : network.getMTU();
        } catch (IOException | RuntimeException e) {
            return ETHERNET_MTU;
        }
    }
}
