package dev.lockstep.tftp.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Predicate;

/** The output of a command so far. Any thread may read the text or wait. */
final class Output extends OutputStream {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private boolean ended;

    /** Returns the output of a process, which a thread of its own reads. */
    static Output of(String name, InputStream from) {
        Output output = new Output();
        Thread reader = new Thread(() -> output.copy(from), name);
        reader.setDaemon(true);
        reader.start();
        return output;
    }

    private void copy(InputStream from) {
        try (this) {
            from.transferTo(this);
        } catch (IOException ignored) {
            // the process was killed while it printed
        }
    }

    @Override
    public void write(int octet) {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] buffer, int offset, int count) {
        printed.write(buffer, offset, count);
        notifyAll();
    }

    /** Marks the end of the output. */
    @Override
    public synchronized void close() {
        ended = true;
        notifyAll();
    }

    synchronized byte[] bytes() {
        return printed.toByteArray();
    }

    synchronized String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** Waits until the text matches, the command has closed the stream, or the time is up. */
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
        await(text -> false, timeout);
    }
}
