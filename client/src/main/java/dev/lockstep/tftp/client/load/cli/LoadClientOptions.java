package dev.lockstep.tftp.client.load.cli;

import dev.lockstep.tftp.client.LocalPorts;
import dev.lockstep.tftp.client.TftpClientBuilder;
import dev.lockstep.tftp.client.cli.RequestOptions;
import dev.lockstep.tftp.client.load.FirmwareProfile;
import dev.lockstep.tftp.codec.TransferMode;
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
            paramLabel = "pxe|uboot|edk2|ipxe|grub|rpi|cisco",
            description = "Request the options of this firmware.")
    private String profile;

    @Mixin
    private RequestOptions requests;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Event loop threads (default: half of the processors).")
    private int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    @Option(
            names = "--ports",
            paramLabel = "FIRST-LAST",
            description = "Local ports, used in turn (default ${DEFAULT-VALUE}, outside of the ephemeral range).")
    private String ports = "10000-32767";

    @Option(
            names = "--port-rest",
            paramLabel = "MS",
            description = "Time until a port is reused (default 100; 0: one socket for each transfer).")
    private double quietMillis = 100;

    /**
     * Returns the firmware profile, if one is given.
     *
     * @throws IllegalArgumentException for an unknown profile, or flags that contradict it
     */
    Optional<FirmwareProfile> profile() {
        if (profile == null) {
            return Optional.empty();
        }
        if (requests.areOptionsGiven()) {
            throw new IllegalArgumentException(
                    "--profile: " + profile + " (expected: without flags that request options)");
        }
        try {
            return Optional.of(FirmwareProfile.named(profile));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--profile: " + e.getMessage(), e);
        }
    }

    /** Returns the mode of files whose URI has none. */
    TransferMode mode() {
        return requests.mode();
    }

    /**
     * Returns the settings of the client. A finished get does not dally, like firmware: dallying sockets would exhaust
     * the ports.
     *
     * @throws IllegalArgumentException for an invalid setting
     */
    TftpClientBuilder settings() {
        return requests.newBuilder(Duration.ZERO, 0)
                .eventLoops(threads)
                .localPorts(localPorts())
                .reuseSockets(quietTime());
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
