package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TftpClientBuilder;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.capture.PacketTrace;
import dev.lockstep.tftp.negotiation.TransferLimits;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of all commands that transfer files. */
final class TransferOptions {
    private static final Pattern SHA256 = Pattern.compile("[0-9A-Fa-f]{64}");

    /**
     * Time to dally: a little more than two timeouts of a server whose timeout is one second. A longer time would delay
     * the end of the command noticeably.
     */
    private static final Duration DALLY = Duration.ofSeconds(3);

    @Option(
            names = "--blksize",
            paramLabel = "N",
            description = "Block size to request, in bytes (8-65464, default 1428).")
    private int blksize = TftpClientBuilder.BLKSIZE;

    @Option(
            names = "--windowsize",
            paramLabel = "N",
            description = "Window size to request, in blocks (1-32767, default 64).")
    private int windowsize = TftpClientBuilder.WINDOWSIZE;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Retransmission timeout to request (1-255).")
    private int timeout;

    @Option(names = "--give-up", paramLabel = "SECONDS", description = "Idle timeout of a transfer (default 30).")
    private double idleTimeout = TransferLimits.DEFAULT.idleTimeout().toSeconds();

    @Option(names = "--no-options", description = "Request no options (plain RFC 1350).")
    private boolean noOptions;

    @Option(names = "--mode", paramLabel = "MODE", description = "octet (the default) or netascii.")
    private String mode = "octet";

    @Option(names = "--sha256", paramLabel = "HEX", description = "Fail unless the content has this hash.")
    private String sha256;

    @Option(names = "--parallel", paramLabel = "N", description = "Concurrent transfers (default 4).")
    private int parallel = 4;

    @Option(names = "--json", description = "Print one JSON object for each transfer on standard output.")
    private boolean json;

    @Option(names = "--trace", description = "Print each packet on standard error.")
    private boolean trace;

    @Mixin
    private CaptureOption capture;

    @Option(names = "--quiet", description = "Print errors only.")
    private boolean quiet;

    @Option(names = "--verbose", description = "Print more details, and a stack trace for each error.")
    private boolean verbose;

    /** Starts a progress bar. It is shown if it is wanted and there is a terminal. */
    TransferProgressBar progress(boolean standardOutputIsData) {
        boolean wanted = !quiet && !json && !trace && !standardOutputIsData;
        return TransferProgressBar.start(wanted && Terminals.are(Terminals.OUTPUT, Terminals.ERRORS));
    }

    /**
     * Returns a new client with these settings.
     *
     * @throws IllegalArgumentException for an invalid setting
     */
    TftpClient newClient() {
        Duration idle = Duration.ofNanos((long) (idleTimeout * 1e9));
        TransferLimits limits = TransferLimits.DEFAULT
                .withTimes(Duration.ofSeconds(timeout), idle, DALLY)
                .withFirstBlockTimeout(idle.multipliedBy(2).dividedBy(5))
                .withExactSize(true);
        TftpClientBuilder builder = TftpClient.builder()
                .blksize(blksize)
                .windowsize(windowsize)
                .timeout(timeout)
                .options(!noOptions)
                .limits(limits);
        if (trace) {
            builder.tap(PacketTrace.onClient(System.err::println));
        }
        capture.open().ifPresent(builder::tap);
        return builder.build();
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
     * Returns the number of concurrent transfers.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    int parallel() {
        if (parallel < 1) {
            throw new IllegalArgumentException("--parallel: " + parallel + " (expected: >= 1)");
        }
        return parallel;
    }

    /**
     * Returns the expected hash in lower case, or null if there is none.
     *
     * @throws IllegalArgumentException if it is no SHA-256
     */
    String sha256() {
        if (sha256 != null && !SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException("--sha256: " + sha256 + " (expected: 64 hexadecimal digits)");
        }
        return sha256 == null ? null : sha256.toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the report of the results.
     *
     * @throws IllegalArgumentException if both JSON and content would go to standard output
     */
    Report report(boolean standardOutputIsData) {
        if (json && standardOutputIsData) {
            throw new IllegalArgumentException("--json: with -o - (expected: one of them, both use standard output)");
        }
        return new Report(json, quiet, verbose, standardOutputIsData ? System.err : System.out);
    }
}
