package dev.lockstep.tftp.server.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Random;

/**
 * A thread that alternates a path between itself and a link to another place, as fast as it can, until it is closed.
 */
final class Swapper implements AutoCloseable {
    private static final int LONGEST_PAUSE = 2000;

    private final Path path;
    private final Path parked;
    private final Path link;
    private final Random random;
    private final Thread thread = new Thread(this::run, "swapper");
    private volatile boolean ended;
    private volatile IOException failure;

    Swapper(Path path, Path target, long seed) throws IOException {
        this.path = path;
        this.parked = path.resolveSibling("parked");
        this.link = Files.createSymbolicLink(path.resolveSibling("link"), target);
        this.random = new Random(seed);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!ended) {
                move(path, parked);
                move(link, path);
                pause();
                move(path, link);
                move(parked, path);
                pause();
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Spins for a random number of iterations, some microseconds, so that the swap hits each step of a request. */
    private void pause() {
        for (int spins = random.nextInt(LONGEST_PAUSE); spins > 0; spins--) {
            Thread.onSpinWait();
        }
    }

    /** Restores the path. */
    @Override
    public void close() throws IOException {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new InterruptedIOException("while a link is being swapped");
        }
        if (failure != null) {
            throw failure;
        }
        Files.delete(link);
    }
}
