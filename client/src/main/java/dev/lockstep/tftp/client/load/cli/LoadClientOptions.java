package dev.lockstep.tftp.client.load.cli;

import dev.lockstep.tftp.client.LocalPorts;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TftpClientBuilder;
import dev.lockstep.tftp.client.cli.CaptureOption;
import dev.lockstep.tftp.client.load.FirmwareProfile;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.capture.PacketTrace;
import dev.lockstep.tftp.negotiation.TransferLimits;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags for the clients of a load test. */
final class LoadClientOptions {
    private static final int MAX_QUIET_MILLIS = 600_000;
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "Request the options of this firmware: pxe, uboot, edk2, ipxe, grub or cisco.")
    private String profile;

    @Option(
            names = "--blksize",
            paramLabel = "N",
            description = "Block size to request, in bytes (8-65464, default 1428).")
    private Integer blksize;

    @Option(
            names = "--windowsize",
            paramLabel = "N",
            description = "Window size to request, in blocks (1-32767, default 64).")
    private Integer windowsize;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Retransmission timeout to request (1-255).")
    private Integer timeout;

    @Option(names = "--no-options", description = "Request no options (plain RFC 1350).")
    private boolean noOptions;

    @Option(names = "--mode", paramLabel = "MODE", description = "octet (the default) or netascii.")
    private String mode = "octet";

    @Option(names = "--give-up", paramLabel = "SECONDS", description = "Idle timeout of a transfer (default 30).")
    private double idleTimeout = TransferLimits.DEFAULT.idleTimeout().toSeconds();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Event loop threads (default: half of the processors).")
    private int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    @Option(
            names = "--ports",
            paramLabel = "FIRST-LAST",
            description = "Local ports, used in turn (default 10000-32767, outside of the ephemeral range).")
    private String ports = "10000-32767";

    @Option(
            names = "--port-rest",
            paramLabel = "MS",
            description = "Time until a port is reused (default 100; 0: one socket for each transfer).")
    private double quietMillis = 100;

    @Option(names = "--trace", description = "Print each packet on standard error.")
    private boolean trace;

    @Mixin
    private CaptureOption capture;

    /**
     * Returns the firmware profile, if one is given.
     *
     * @throws IllegalArgumentException for an unknown profile, or flags that contradict it
     */
    Optional<FirmwareProfile> profile() {
        if (profile == null) {
            return Optional.empty();
        }
        if (blksize != null || windowsize != null || timeout != null || noOptions) {
            throw new IllegalArgumentException(
                    "--profile: " + profile + " (expected: without flags that request options)");
        }
        try {
            return Optional.of(FirmwareProfile.named(profile));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--profile: " + e.getMessage(), e);
        }
    }

    /**
     * Returns the mode of files whose URI has none.
     *
     * @throws IllegalArgumentException for an unknown mode
     */
    TransferMode mode() {
        return TransferMode.named(mode)
                .orElseThrow(() -> new IllegalArgumentException("--mode: " + mode + " (expected: octet or netascii)"));
    }

    /**
     * Returns the settings of the client. A finished get does not dally, like firmware: dallying sockets would exhaust
     * the ports.
     *
     * @throws IllegalArgumentException for an invalid setting
     */
    TftpClientBuilder settings() {
        int seconds = timeout == null ? 0 : timeout;
        TransferLimits limits = TransferLimits.DEFAULT
                .withTimes(Duration.ofSeconds(seconds), Duration.ofNanos((long) (idleTimeout * 1e9)), Duration.ZERO)
                .withExactSize(true);
        TftpClientBuilder builder = TftpClient.builder()
                .blksize(blksize == null ? TftpClientBuilder.BLKSIZE : blksize)
                .windowsize(windowsize == null ? TftpClientBuilder.WINDOWSIZE : windowsize)
                .timeout(seconds)
                .options(!noOptions)
                .eventLoops(threads)
                .localPorts(localPorts())
                .reuseSockets(quietTime())
                .limits(limits);
        if (trace) {
            builder.tap(PacketTrace.onClient(System.err::println));
        }
        capture.open().ifPresent(builder::tap);
        return builder;
    }

    private Duration quietTime() {
        if (!(quietMillis >= 0 && quietMillis <= MAX_QUIET_MILLIS)) {
            throw new IllegalArgumentException(
                    "--port-rest: " + quietMillis + " (expected: ms, 0 to " + MAX_QUIET_MILLIS + ")");
        }
        return Duration.ofNanos((long) (quietMillis * 1e6));
    }

    private LocalPorts localPorts() {
        Matcher range = RANGE.matcher(ports);
        if (!range.matches()) {
            throw new IllegalArgumentException("--ports: " + ports + " (expected: FIRST-LAST, 1 to 65535)");
        }
        return LocalPorts.roundRobin(Integer.parseInt(range.group(1)), Integer.parseInt(range.group(2)));
    }
}
