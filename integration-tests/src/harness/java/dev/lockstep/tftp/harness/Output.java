package dev.lockstep.tftp.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Predicate;

/** The output of a process so far. A thread of its own reads it, and any thread may read the text or wait. */
final class Output {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Thread reader;
    private boolean ended;

    Output(String name, InputStream from) {
        reader = new Thread(() -> read(from), name);
        reader.setDaemon(true);
        reader.start();
    }

    private void read(InputStream from) {
        byte[] buffer = new byte[8192];
        try {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                append(buffer, n);
            }
        } catch (IOException ignored) {
            // the process was killed while it printed
        }
        end();
    }

    private synchronized void append(byte[] buffer, int count) {
        printed.write(buffer, 0, count);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized byte[] bytes() {
        return printed.toByteArray();
    }

    synchronized String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** Waits until the text matches, the process has closed its end, or the time is up. */
    synchronized boolean await(Predicate<String> condition, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.test(text())) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0 || ended) {
                return condition.test(text());
            }
            wait(left);
        }
        return true;
    }

    synchronized boolean hasEnded() {
        return ended;
    }

    void awaitEnd(Duration timeout) throws InterruptedException {
        reader.join(timeout.toMillis());
    }
}
