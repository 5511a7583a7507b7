package dev.lockstep.tftp.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The resources of a daemon.
 *
 * @param heap used heap, in MiB
 * @param resident resident memory, in MiB
 * @param descriptors open descriptors
 * @param threads threads
 */
record Footprint(long heap, long resident, long descriptors, long threads) {
    private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");
    private static final int KIBIBYTES_A_MIB = 1024;
    private static final int SLACK_HEAP = 8;
    /** MiB. The JVM may extend its heap at any time, up to its limit. */
    private static final int SLACK_RESIDENT = 128;
    /** Threads of the I/O pool and of the JVM start and end at any time. */
    private static final int SLACK_THREADS = 20;

    /** Waits until a daemon has at most so many open descriptors, and returns its footprint after a garbage collection. */
    static Footprint quiet(long pid, long descriptors) {
        long deadline = System.nanoTime() + RawSocketPeer.REPLY_TIMEOUT.toNanos();
        do {
            jcmd(pid, "GC.run"); // takes long enough to poll without a pause
        } while (descriptors(pid) > descriptors && System.nanoTime() < deadline);
        long heap = USED.matcher(jcmd(pid, "GC.heap_info"))
                .results()
                .map(MatchResult::group)
                .mapToLong(Footprint::lastNumber)
                .sum();
        return new Footprint(
                heap / KIBIBYTES_A_MIB,
                status(pid, "VmRSS") / KIBIBYTES_A_MIB,
                descriptors(pid),
                status(pid, "Threads"));
    }

    /** Returns the number of open sockets and files. */
    static long descriptors(long pid) {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String jcmd(long pid, String command) {
        String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        return Run.run(program, Long.toString(pid), command).output();
    }

    private static long status(long pid, String key) {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/" + pid + "/status"));
            String line = lines.stream()
                    .filter(each -> each.startsWith(key))
                    .findFirst()
                    .orElseThrow();
            return lastNumber(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long lastNumber(String text) {
        Matcher number = Pattern.compile("(\\d+)\\D*$").matcher(text);
        assertThat(number.find()).as(text).isTrue();
        return Long.parseLong(number.group(1));
    }

    /** Returns the values as fields of a line of {@code FigureLog}. */
    String fields() {
        return heap + "|" + resident + "|" + descriptors + "|" + threads;
    }

    /** Asserts that nothing has grown by more than the usual variation of a JVM. */
    void assertAsBefore(Footprint before) {
        String both = "before: " + before + ", after: " + this;
        assertThat(heap).as(both).isLessThanOrEqualTo(before.heap + SLACK_HEAP);
        assertThat(resident).as(both).isLessThanOrEqualTo(before.resident + SLACK_RESIDENT);
        assertThat(descriptors).as(both).isLessThanOrEqualTo(before.descriptors);
        assertThat(threads).as(both).isLessThanOrEqualTo(before.threads + SLACK_THREADS);
    }

    @Override
    public String toString() {
        return heap + " MiB of heap, " + resident + " MiB resident, " + descriptors + " descriptors, " + threads
                + " threads";
    }
}
