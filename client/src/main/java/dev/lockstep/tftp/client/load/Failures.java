package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.internal.text.LogSanitizer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

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
    /** Matches the words of Netty before the text of the operating system. */
    private static final String NATIVE_CALL = "^.* failed with error\\(-?\\d+\\): ";
    /** A number that differs from transfer to transfer, such as in {@code asked 9 times}. */
    private static final Pattern MEASURED = Pattern.compile("(?<![\\w.:-])\\d+(\\.\\d+)?(?= ?(ms|s|times|bytes)\\b)");

    /** The number of failures for each reason. */
    final Map<String, LongAdder> reasons = new ConcurrentHashMap<>();
    /** The number of received ERRORs for each code. */
    final Map<Integer, LongAdder> serverErrors = new ConcurrentHashMap<>();
    /** The first different cases of wrong content, with their offsets. */
    final Set<String> wrongContent = new ConcurrentSkipListSet<>();
    /** The reason why a transfer could not be started; null if all could. */
    volatile String notStarted;

    /** The reason that is shown for all failures that differ only in a file name or a measured number. */
    private final Map<String, String> shown = new ConcurrentHashMap<>();

    /** Records a failure, other than wrong content, of a transfer of the given file. */
    void add(String file, Throwable failure) {
        TftpException cause = TftpException.of(failure);
        String text = printable(cause.getMessage());
        if (cause.isFromPeer()) {
            serverErrors.computeIfAbsent(cause.code(), code -> new LongAdder()).increment();
            text = "server sent ERROR " + cause.code() + " " + text;
        }
        String kind = MEASURED.matcher(text.replace(file, "")).replaceAll("");
        count(shown.size() < MOST_REASONS || shown.containsKey(kind) ? shown.putIfAbsent(kind, text) : "other", text);
    }

    /** Records a transfer that could not be started. */
    void addNotStarted(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        notStarted = printable(String.valueOf(root.getMessage()).replaceFirst(NATIVE_CALL, ""));
    }

    /** Records a transfer with wrong content. */
    void addWrongContent(String file, String what) {
        count(null, "wrong content");
        if (wrongContent.size() < MOST_EXAMPLES) {
            wrongContent.add(file + ": " + what);
        }
    }

    private void count(String known, String reason) {
        reasons.computeIfAbsent(known == null ? reason : known, text -> new LongAdder())
                .increment();
    }

    private static String printable(String text) {
        String line = LogSanitizer.of(String.valueOf(text));
        return line.length() > MOST_TEXT ? line.substring(0, MOST_TEXT) + "…" : line;
    }
}
