package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.channel.PacketTrace;
import dev.lockstep.tftp.client.LocalPorts;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TftpClientBuilder;
import dev.lockstep.tftp.client.load.FirmwareProfile;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.transfer.Limits;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Flags that say how each client of a load speaks. */
final class LoadClientOptions {
    private static final int MOST_REST = 600_000;
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "Ask what this firmware asks: pxe, uboot, edk2, ipxe, grub or cisco.")
    private String profile;

    @Option(names = "--blksize", paramLabel = "N", description = "Octets a block to ask for, 8 to 65464; 1428.")
    private Integer blksize;

    @Option(names = "--windowsize", paramLabel = "N", description = "Blocks an ACK to ask for, 1 to 32767; 64.")
    private Integer windowsize;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Wait before a resend to ask for, 1 to 255.")
    private Integer timeout;

    @Option(names = "--no-options", description = "Ask for nothing: plain RFC 1350.")
    private boolean noOptions;

    @Option(names = "--mode", paramLabel = "MODE", description = "octet (the default) or netascii.")
    private String mode = "octet";

    @Option(names = "--give-up", paramLabel = "SECONDS", description = "Silence after which a transfer fails; 30.")
    private double idleTimeout = Limits.DEFAULT.idleTimeout().toSeconds();

    @Option(names = "--threads", paramLabel = "N", description = "Threads that move packets; half of the processors.")
    private int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    @Option(
            names = "--ports",
            paramLabel = "FIRST-LAST",
            description = "This side's ports, used in turn; 10000-32767, which the kernel gives to nobody.")
    private String ports = "10000-32767";

    @Option(
            names = "--port-rest",
            paramLabel = "MS",
            description = "Time until a port has another transfer; 100. 0: each has a socket of its own.")
    private double portRest = 100;

    @Option(names = "--trace", description = "Print each packet on standard error.")
    private boolean trace;

    @Mixin
    private CaptureOption capture;

    /** The firmware to be like, if any. */
    Optional<FirmwareProfile> profile() {
        if (profile == null) {
            return Optional.empty();
        }
        if (blksize != null || windowsize != null || timeout != null || noOptions) {
            throw new IllegalArgumentException("--profile: " + profile + " (expected: no other option to ask for)");
        }
        try {
            return Optional.of(FirmwareProfile.named(profile));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--profile: " + e.getMessage(), e);
        }
    }

    /** The mode of files whose URI names none. */
    TransferMode mode() {
        return TransferMode.named(mode)
                .orElseThrow(() -> new IllegalArgumentException("--mode: " + mode + " (expected: octet or netascii)"));
    }

    /** The client's settings. A finished get goes at once, as firmware does: lingering sockets would use up the ports. */
    TftpClientBuilder settings() {
        int seconds = timeout == null ? 0 : timeout;
        Limits limits = Limits.DEFAULT
                .withTimes(Duration.ofSeconds(seconds), Duration.ofNanos((long) (idleTimeout * 1e9)), Duration.ZERO)
                .withExactSize(true);
        TftpClientBuilder builder = TftpClient.builder()
                .blksize(blksize == null ? TftpClientBuilder.BLKSIZE : blksize)
                .windowsize(windowsize == null ? TftpClientBuilder.WINDOWSIZE : windowsize)
                .timeout(seconds)
                .options(!noOptions)
                .eventLoops(threads)
                .localPorts(localPorts())
                .reuseSockets(rest())
                .limits(limits);
        if (trace) {
            builder.tap(PacketTrace.onClient(System.err::println));
        }
        capture.open().ifPresent(builder::tap);
        return builder;
    }

    private Duration rest() {
        if (!(portRest >= 0 && portRest <= MOST_REST)) {
            throw new IllegalArgumentException("--port-rest: " + portRest + " (expected: ms, 0 to " + MOST_REST + ")");
        }
        return Duration.ofNanos((long) (portRest * 1e6));
    }

    private LocalPorts localPorts() {
        Matcher range = RANGE.matcher(ports);
        if (!range.matches()) {
            throw new IllegalArgumentException("--ports: " + ports + " (expected: FIRST-LAST, 1 to 65535)");
        }
        return LocalPorts.roundRobin(Integer.parseInt(range.group(1)), Integer.parseInt(range.group(2)));
    }
}
