package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.channel.PacketTrace;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TftpClientBuilder;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.transfer.Limits;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Flags of every command that moves files. */
final class TransferOptions {
    private static final Pattern SHA256 = Pattern.compile("[0-9A-Fa-f]{64}");

    /** Two waits of a server whose timer is a second, and some: longer, and who typed the command would wonder. */
    private static final Duration DALLY = Duration.ofSeconds(3);

    @Option(names = "--blksize", paramLabel = "N", description = "Octets a block to ask for, 8 to 65464; 1428.")
    private int blksize = TftpClientBuilder.BLKSIZE;

    @Option(names = "--windowsize", paramLabel = "N", description = "Blocks an ACK to ask for, 1 to 32767; 64.")
    private int windowsize = TftpClientBuilder.WINDOWSIZE;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Wait before a resend to ask for, 1 to 255.")
    private int timeout;

    @Option(names = "--give-up", paramLabel = "SECONDS", description = "Silence after which a transfer fails; 30.")
    private double idleTimeout = Limits.DEFAULT.idleTimeout().toSeconds();

    @Option(names = "--no-options", description = "Ask for nothing: plain RFC 1350.")
    private boolean noOptions;

    @Option(names = "--mode", paramLabel = "MODE", description = "octet (the default) or netascii.")
    private String mode = "octet";

    @Option(names = "--sha256", paramLabel = "HEX", description = "Fail unless the content has this hash.")
    private String sha256;

    @Option(names = "--parallel", paramLabel = "N", description = "Files at once; 4.")
    private int parallel = 4;

    @Option(names = "--json", description = "One JSON object a transfer on standard output.")
    private boolean json;

    @Option(names = "--trace", description = "Print each packet on standard error.")
    private boolean trace;

    @Mixin
    private CaptureOption capture;

    @Option(names = "--quiet", description = "Print errors only.")
    private boolean quiet;

    @Option(names = "--verbose", description = "Print more, and a stack trace for an error.")
    private boolean verbose;

    /** Shows how far the transfers are, where that is seen and wanted. */
    TransferProgressBar progress(boolean standardOutputIsData) {
        boolean wanted = !quiet && !json && !trace && !standardOutputIsData;
        return TransferProgressBar.start(wanted && Terminals.are(Terminals.OUTPUT, Terminals.ERRORS));
    }

    /** A client with these settings. */
    TftpClient newClient() {
        Duration silence = Duration.ofNanos((long) (idleTimeout * 1e9));
        Limits limits = Limits.DEFAULT
                .withTimes(Duration.ofSeconds(timeout), silence, DALLY)
                .withFirstBlockTimeout(silence.multipliedBy(2).dividedBy(5))
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

    /** The mode of files whose URI names none. */
    TransferMode mode() {
        return TransferMode.named(mode)
                .orElseThrow(() -> new IllegalArgumentException("--mode: " + mode + " (expected: octet or netascii)"));
    }

    /** How many files at once. */
    int parallel() {
        if (parallel < 1) {
            throw new IllegalArgumentException("--parallel: " + parallel + " (expected: >= 1)");
        }
        return parallel;
    }

    /** The hash to check, in lower case, or null. */
    String sha256() {
        if (sha256 != null && !SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException("--sha256: " + sha256 + " (expected: 64 hexadecimal digits)");
        }
        return sha256 == null ? null : sha256.toLowerCase(Locale.ROOT);
    }

    /** How to tell of the results. */
    Report report(boolean standardOutputIsData) {
        if (json && standardOutputIsData) {
            throw new IllegalArgumentException("--json: with -o - (expected: one of them, both use standard output)");
        }
        return new Report(json, quiet, verbose, standardOutputIsData ? System.err : System.out);
    }
}
