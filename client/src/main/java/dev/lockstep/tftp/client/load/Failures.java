package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.channel.LogSanitizer;
import dev.lockstep.tftp.transfer.TftpException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** Why transfers failed so far. Written on event loops, once for a failed transfer, without a lock; read anywhere. */
final class Failures {
    /** Peers invent texts: the first ones are kept apart, the rest is counted together. */
    private static final int MOST_REASONS = 40;

    private static final int MOST_EXAMPLES = 10;
    private static final int MOST_TEXT = 120;

    private final Map<String, LongAdder> reasons = new ConcurrentHashMap<>();
    private final Map<Integer, LongAdder> serverErrors = new ConcurrentHashMap<>();
    private final Queue<String> wrongContent = new ConcurrentLinkedQueue<>();
    private final LongAdder wrongContents = new LongAdder();

    /** The content is not to blame. */
    void add(Throwable failure) {
        TftpException cause = TftpException.of(failure);
        String text = printable(cause.getMessage());
        if (cause.isFromPeer()) {
            serverErrors.computeIfAbsent(cause.code(), code -> new LongAdder()).increment();
            count("server said ERROR " + cause.code() + " " + text);
        } else {
            count(text);
        }
    }

    /** What came is not what should have come. */
    void addWrongContent(String file, String what) {
        count("wrong content");
        wrongContents.increment();
        if (wrongContents.sum() <= MOST_EXAMPLES) {
            wrongContent.add(file + ": " + what);
        }
    }

    private void count(String reason) {
        boolean known = reasons.size() < MOST_REASONS || reasons.containsKey(reason);
        reasons.computeIfAbsent(known ? reason : "other", text -> new LongAdder())
                .increment();
    }

    private static String printable(String text) {
        String line = LogSanitizer.of(String.valueOf(text));
        return line.length() > MOST_TEXT ? line.substring(0, MOST_TEXT) + "…" : line;
    }

    /** How often each reason led to a failure. */
    Map<String, LongAdder> reasons() {
        return reasons;
    }

    /** How often each code came in an ERROR from a server. */
    Map<Integer, LongAdder> serverErrors() {
        return serverErrors;
    }

    /** The first contents that were wrong, with their offsets. */
    Iterable<String> wrongContent() {
        return wrongContent;
    }
}
