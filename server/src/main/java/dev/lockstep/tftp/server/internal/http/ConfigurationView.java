package dev.lockstep.tftp.server.internal.http;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The configuration in force, for the live page. The rules themselves are known to the command only. */
@ThreadSafe
public interface ConfigurationView {
    /**
     * A rule as text.
     *
     * @param name its number, name and place in the file
     * @param condition the requests that it matches; empty if no other rule does
     * @param effect what applies to them
     * @param denies true if it refuses them
     */
    record RuleInForce(String name, String condition, String effect, boolean denies) {}

    /**
     * The state of the configuration.
     *
     * @param version grows with each reload, also one that fails
     * @param file the configuration file, or null if there is none
     * @param loaded the time when the rules in force were read, in milliseconds since 1970
     * @param reloads the number of successful reloads
     * @param failed the time of the last reload if it failed, otherwise 0
     * @param problems the errors for which the last reload failed; none if it succeeded
     * @param warnings of the file in force
     * @param rules in order; the last one is for requests that no other rule matches
     */
    record Current(
            int version,
            String file,
            long loaded,
            int reloads,
            long failed,
            List<String> problems,
            List<String> warnings,
            List<RuleInForce> rules) {}

    /**
     * The answer to the question whether a request would be served.
     *
     * @param lines those that {@code tftpd explain} prints
     */
    record Answer(boolean isGranted, List<String> lines) {}

    /** Returns the state. Never blocks. */
    Current current();

    /**
     * Explains how the running server would answer a request. All parameters are text of the user.
     *
     * @param options separated by spaces: {@code blksize=1428 windowsize=16}
     * @return fails with an {@link IllegalArgumentException} if a parameter is not valid, and with a {@link
     *     java.util.concurrent.RejectedExecutionException} if too many explanations are pending
     */
    CompletionStage<Answer> explain(String client, String operation, String file, String options);
}
