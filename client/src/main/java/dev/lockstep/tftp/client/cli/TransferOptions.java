package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.codec.TransferMode;
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
    /** The timeout for the first block as a part of the idle timeout. */
    private static final double FIRST_BLOCK_PART = 0.4;

    @Mixin
    private RequestOptions requests;

    @Option(names = "--sha256", paramLabel = "HEX", description = "Fail unless the content has this hash.")
    private String sha256;

    @Option(names = "--parallel", paramLabel = "N", description = "Concurrent transfers (default ${DEFAULT-VALUE}).")
    private int parallel = 4;

    @Option(
            names = "--retry",
            paramLabel = "N",
            description = "Attempt a transfer up to N more times if the server does not answer, falls silent, or sends"
                    + " ERROR 0 (default ${DEFAULT-VALUE}); after 1 s, then twice as long each time, at most 60 s.")
    private int retries;

    @Option(names = "--json", description = "Print one JSON object for each transfer on standard output.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print errors only.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Print more details, and a stack trace for each error.")
    private boolean verbose;

    /** Starts a progress bar for a number of files. It is shown if it is wanted and there is a terminal. */
    TransferProgressBar progress(boolean standardOutputIsData, int files) {
        boolean wanted = !quiet && !json && !requests.isTraced() && !standardOutputIsData;
        return TransferProgressBar.start(
                wanted && Terminals.canRewriteLines(Terminals.OUTPUT, Terminals.ERRORS), files);
    }

    /**
     * Returns a new client with these settings.
     *
     * @throws IllegalArgumentException for an invalid setting
     */
    TftpClient newClient() {
        return requests.newBuilder(DALLY, FIRST_BLOCK_PART).build();
    }

    /** Returns the mode of files whose URI has none. */
    TransferMode mode() {
        return requests.mode();
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
     * Returns how often a failed transfer is attempted again.
     *
     * @throws IllegalArgumentException if it is less than 0
     */
    int retries() {
        if (retries < 0) {
            throw new IllegalArgumentException("--retry: " + retries + " (expected: >= 0)");
        }
        return retries;
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
