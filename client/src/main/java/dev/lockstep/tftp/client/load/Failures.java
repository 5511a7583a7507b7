package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.internal.text.LogSanitizer;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** The reasons for failed transfers. Written on event loops, once for each failed transfer, without a lock. */
@ThreadSafe
final class Failures {
    /**
     * The number of reasons that are counted separately. Peers may send any text, so all further reasons are counted
     * together.
     */
    private static final int MOST_REASONS = 40;

    private static final int MOST_EXAMPLES = 10;
    private static final int MOST_TEXT = 120;

    /** The number of failures for each reason. */
    final Map<String, LongAdder> reasons = new ConcurrentHashMap<>();
    /** The number of received ERRORs for each code. */
    final Map<Integer, LongAdder> serverErrors = new ConcurrentHashMap<>();
    /** The first cases of wrong content, with their offsets. */
    final Queue<String> wrongContent = new ConcurrentLinkedQueue<>();

    private final LongAdder wrongContents = new LongAdder();

    /** Records a failure other than wrong content. */
    void add(Throwable failure) {
        TftpException cause = TftpException.of(failure);
        String text = printable(cause.getMessage());
        if (cause.isFromPeer()) {
            serverErrors.computeIfAbsent(cause.code(), code -> new LongAdder()).increment();
            count("server sent ERROR " + cause.code() + " " + text);
        } else {
            count(text);
        }
    }

    /** Records a transfer with wrong content. */
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
}
