package dev.lockstep.tftp.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/** A command on a thread of the tests, with the interface of a process. Ending it interrupts the thread. */
final class CommandThread extends Process {
    private static final Semaphore STANDARD_STREAMS = new Semaphore(1);
    private static final long END_SECONDS = 20;

    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread;
    private volatile int status = -1;

    private CommandThread(String name, IntSupplier main, Output out, Output err) {
        thread = new Thread(() -> run(main, out, err), name);
    }

    /**
     * Runs a command that prints to {@link System#out} and {@link System#err}.
     *
     * @param main runs the command and returns its exit status
     */
    static Run start(List<String> command, IntSupplier main) {
        if (!STANDARD_STREAMS.tryAcquire()) {
            throw new IllegalStateException(command + ": another command has the standard streams");
        }
        Output out = new Output();
        Output err = new Output();
        CommandThread process = new CommandThread(command.get(0), main, out, err);
        process.thread.start();
        return new Run(command, process, out, err);
    }

    private void run(IntSupplier main, Output out, Output err) {
        PrintStream outBefore = System.out;
        PrintStream errBefore = System.err;
        try (PrintStream newOut = new PrintStream(out, true, UTF_8);
                PrintStream newErr = new PrintStream(err, true, UTF_8)) {
            System.setOut(newOut);
            System.setErr(newErr);
            status = main.getAsInt();
        } finally {
            System.setOut(outBefore);
            System.setErr(errBefore);
            STANDARD_STREAMS.release();
            over.countDown();
        }
    }

    @Override
    public int waitFor() throws InterruptedException {
        over.await();
        return status;
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        return over.await(timeout, unit);
    }

    @Override
    public int exitValue() {
        if (isAlive()) {
            throw new IllegalThreadStateException(thread + " is running");
        }
        return status;
    }

    @Override
    public boolean isAlive() {
        return over.getCount() > 0;
    }

    /** Interrupts the command and waits for its end, which releases the standard streams. */
    @Override
    public void destroy() {
        thread.interrupt();
        try {
            if (!over.await(END_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(thread + " ignores its interrupt");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Stream<ProcessHandle> descendants() {
        return Stream.empty();
    }

    @Override
    public InputStream getInputStream() {
        return InputStream.nullInputStream();
    }

    @Override
    public InputStream getErrorStream() {
        return InputStream.nullInputStream();
    }

    @Override
    public OutputStream getOutputStream() {
        return OutputStream.nullOutputStream();
    }
}
