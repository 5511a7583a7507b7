package dev.lockstep.tftp.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells when the programs that the tests have started, and this process, have nothing left to do. On the loopback
 * interface a sent datagram wakes its receiver at once. So if all threads sleep, and none has run between two looks at
 * them, each datagram has been processed, and each reply to it has been sent.
 *
 * <p>Waiting for that takes a few milliseconds on a machine at rest, and as long as needed on a busy one, where no fixed
 * time would prove that a reply is not sent.
 */
final class Quiescence {
    private static final Path PROC = Path.of("/proc");
    private static final Path THIS_THREAD = PROC.resolve("thread-self");
    private static final Set<ProcessHandle> STARTED = ConcurrentHashMap.newKeySet();

    /** Nanoseconds without a running thread that count as rest. The kernel may deliver a datagram from a thread of its own. */
    private static final long LONG_ENOUGH = Duration.ofMillis(15).toNanos();

    /** The time between two looks, each of which takes about a millisecond. */
    static final Duration POLL = Duration.ofMillis(5);

    /** The context switches of each thread at the last look, or null if one was running. */
    private Map<String, String> last;

    /** The processes at the last look. Another one is started by a thread that runs, which is seen. */
    private Set<Long> processes;

    private long since = System.nanoTime();

    /** Includes a process from now on, until it ends. */
    static void watch(Process process) {
        ProcessHandle handle = process.toHandle();
        STARTED.add(handle);
        handle.onExit().thenRun(() -> STARTED.remove(handle));
    }

    /** Returns whether the state of threads is known on this system. */
    static boolean isKnown() {
        return Files.exists(THIS_THREAD);
    }

    /** Waits until the programs are at rest, or for the given time. */
    static void await(Duration longest) {
        Quiescence rest = new Quiescence();
        long begin = System.nanoTime();
        while (isKnown() && !rest.isReached() && System.nanoTime() - begin < longest.toNanos()) {
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** Returns whether no thread has run for a while. Must be called again until it returns true. */
    boolean isReached() {
        Map<String, String> now = threads();
        if (now == null || !now.equals(last)) {
            last = now;
            processes = null; // to list them takes longer than to look at their threads
            since = System.nanoTime();
            return false;
        }
        return System.nanoTime() - since >= LONG_ENOUGH;
    }

    private Map<String, String> threads() {
        Map<String, String> all = new HashMap<>();
        if (processes == null) {
            processes = processes();
        }
        try {
            Path own = PROC.resolve(Files.readSymbolicLink(THIS_THREAD));
            for (long process : processes) {
                if (!sleeps(PROC.resolve(process + "/task"), own, all)) {
                    return null;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private static Set<Long> processes() {
        Set<Long> all = new LinkedHashSet<>(Set.of(ProcessHandle.current().pid()));
        for (ProcessHandle started : STARTED) {
            all.add(started.pid());
            started.descendants().map(ProcessHandle::pid).forEach(all::add);
        }
        return all;
    }

    /** Adds the context switches of each thread of a process; returns false if one of them is running. */
    private static boolean sleeps(Path tasks, Path own, Map<String, String> switches) throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                if (thread.equals(own)) {
                    continue;
                }
                String status = Files.readString(thread.resolve("status"));
                if (isCompiler(status)) {
                    continue;
                }
                if (!status.contains("\nState:\tS ")) {
                    return false;
                }
                switches.put(
                        thread.toString(), status.substring(Math.max(0, status.indexOf("voluntary_ctxt_switches:"))));
            }
        } catch (NoSuchFileException ended) {
            return false; // a thread or process that has just ended: look again
        } catch (IOException e) {
            if (Files.exists(tasks)) {
                return false; // reading the status of a thread that ends fails with ESRCH
            }
        }
        return true;
    }

    /** Returns whether a thread is a compiler of the JVM: it runs for long after a start, and never sends anything. */
    private static boolean isCompiler(String status) {
        return status.contains("CompilerThre") || status.contains("VM Periodic Tas");
    }
}
