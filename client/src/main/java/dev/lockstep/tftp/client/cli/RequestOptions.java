package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TftpClientBuilder;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.negotiation.KnownOption;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags for the requests of a client and for its packets. */
public final class RequestOptions {
    private static final double NANOS = 1e9;
    private static final double MOST_SECONDS = 1e9;

    @Option(
            names = {"-b", "--blksize"},
            paramLabel = "N",
            description = "Block size to request, in bytes (" + TransferSettings.MIN_BLKSIZE + "-"
                    + TransferSettings.MAX_BLKSIZE + ", default " + TftpClientBuilder.BLKSIZE + ").")
    private Integer blksize;

    @Option(
            names = "--windowsize",
            paramLabel = "N",
            description = "Window size to request, in blocks (1-" + TransferSettings.MAX_WINDOWSIZE + ", default "
                    + TftpClientBuilder.WINDOWSIZE + ").")
    private Integer windowsize;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Retransmission timeout to request (1-255).")
    private Integer timeout;

    @Option(names = "--give-up", paramLabel = "SECONDS", description = "Idle timeout of a transfer (default 30).")
    private double idleTimeout = TransferLimits.DEFAULT.idleTimeout().toSeconds();

    @Option(
            names = "--connect-timeout",
            paramLabel = "SECONDS",
            description = "Time to wait for the first reply, from all addresses of the server (default: --give-up).")
    private Double connectTimeout;

    @ArgGroup
    private Family family;

    /** The address family. */
    private static final class Family {
        @Option(names = "-4", description = "Use IPv4 only.")
        private boolean ipv4;

        @Option(names = "-6", description = "Use IPv6 only.")
        private boolean ipv6;

        private StandardProtocolFamily only() {
            return ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        }
    }

    @Option(names = "--no-options", description = "Request no options (plain RFC 1350).")
    private boolean noOptions;

    @Option(
            names = {"-m", "--mode"},
            paramLabel = "octet|netascii",
            description =
                    "Transfer mode (default ${DEFAULT-VALUE}); ;mode=netascii at the end of a URI sets it for one file.")
    private String mode = "octet";

    @Mixin
    private PacketOptions packets;

    /** Returns whether any flag for the options to request is given. */
    public boolean areOptionsGiven() {
        return blksize != null || windowsize != null || timeout != null || noOptions;
    }

    /** Returns whether packets are printed. */
    boolean isTraced() {
        return packets.isTraced();
    }

    /**
     * Returns the mode of files whose URI has none.
     *
     * @throws IllegalArgumentException for an unknown mode
     */
    public TransferMode mode() {
        return TransferMode.named(mode)
                .orElseThrow(() -> new IllegalArgumentException("--mode: " + mode + " (expected: octet or netascii)"));
    }

    /**
     * Returns a builder of clients with these settings.
     *
     * @param dally how long a finished get dallies
     * @param firstBlockPart the timeout for the first block as a part of the idle timeout; 0 for none
     * @throws IllegalArgumentException for an invalid setting
     */
    public TftpClientBuilder newBuilder(Duration dally, double firstBlockPart) {
        require("--blksize", blksize, TransferSettings.MIN_BLKSIZE, TransferSettings.MAX_BLKSIZE);
        require("--windowsize", windowsize, 1, TransferSettings.MAX_WINDOWSIZE);
        require("--timeout", timeout, 1, (int) KnownOption.TIMEOUT.max());
        Duration retransmission = Duration.ofSeconds(timeout == null ? 0 : timeout);
        TftpClientBuilder builder = TftpClient.builder()
                .blksize(blksize == null ? TftpClientBuilder.BLKSIZE : blksize)
                .windowsize(windowsize == null ? TftpClientBuilder.WINDOWSIZE : windowsize)
                .timeout(timeout == null ? 0 : timeout)
                .options(!noOptions)
                .limits(TransferLimits.DEFAULT
                        .withTimes(retransmission, seconds("--give-up", idleTimeout), dally)
                        .withFirstBlockTimeout(Duration.ofNanos((long) (idleTimeout * firstBlockPart * NANOS)))
                        .withExactSize(true));
        if (connectTimeout != null) {
            builder.connectTimeout(seconds("--connect-timeout", connectTimeout));
        }
        if (family != null) {
            builder.addressFamily(family.only());
        }
        if (packets.isTraced()) {
            builder.tap(packets.trace());
        }
        packets.openCapture().ifPresent(builder::tap);
        return builder;
    }

    private static void require(String flag, Integer value, int min, int max) {
        if (value != null && (value < min || value > max)) {
            throw new IllegalArgumentException(flag + ": " + value + " (expected: " + min + " to " + max + ")");
        }
    }

    private static Duration seconds(String flag, double value) {
        if (!(value > 0 && value <= MOST_SECONDS)) {
            String written = value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
            throw new IllegalArgumentException(flag + ": " + written + " (expected: seconds, > 0)");
        }
        return Duration.ofNanos((long) (value * NANOS));
    }
}
