package dev.lockstep.tftp.client.conform;

import dev.lockstep.tftp.client.conform.Network.Capture;
import dev.lockstep.tftp.internal.text.LogSanitizer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Runs checks: those that can run beside others in parallel, then the rest one by one. A check that fails runs a second
 * time with longer times, and only a second failure counts: a lost datagram or a slow moment is no fault.
 *
 * @param <P> what the scripts work with
 */
final class CheckRunner<P extends CheckEnvironment> {
    private static final int LONGER = 2;
    private static final double NANOS = 1e9;

    private final Opener<P> opener;
    private final Network network;
    private final Consumer<CheckResult> listener;

    /** Prepares one run of a check. */
    @FunctionalInterface
    interface Opener<P> {
        P open(Check<P> check, int factor, Transcript transcript, Capture capture) throws IOException;
    }

    /**
     * Creates a runner.
     *
     * @param listener receives each result, on any thread
     */
    CheckRunner(Opener<P> opener, Network network, Consumer<CheckResult> listener) {
        this.opener = opener;
        this.network = network;
        this.listener = listener;
    }

    /** Runs checks and returns their results in the same order. */
    List<CheckResult> run(List<Check<P>> checks, int parallel) throws InterruptedException {
        ExecutorService pool =
                Executors.newFixedThreadPool(parallel, new DefaultThreadFactory("tftp-conform-check", true));
        try {
            List<Future<CheckResult>> futures = new ArrayList<>();
            for (Check<P> check : checks) {
                futures.add(check.alone() ? null : pool.submit(() -> run(check)));
            }
            List<CheckResult> results = new ArrayList<>();
            for (Future<CheckResult> future : futures) {
                results.add(future == null ? null : future.get());
            }
            for (int i = 0; i < checks.size(); i++) {
                if (results.get(i) == null) {
                    results.set(i, run(checks.get(i)));
                }
            }
            return results;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    /** Runs one check. */
    CheckResult run(Check<P> check) {
        CheckResult result = attempt(check, 1);
        if (result.status() == Status.FAILED) {
            result = attempt(check, LONGER);
        }
        listener.accept(result);
        return result;
    }

    private CheckResult attempt(Check<P> check, int factor) {
        long begin = network.nanoTime();
        Transcript transcript = new Transcript();
        Capture capture = network.newCapture();
        Status status = Status.PASSED;
        String detail = "";
        try (P probe = opener.open(check, factor, transcript, capture)) {
            check.script().run(probe);
        } catch (CheckEnd end) {
            status = end.status();
            detail = LogSanitizer.of(end.getMessage()); // may have texts of the peer
        } catch (IOException | UncheckedIOException e) {
            status = Status.SKIPPED;
            detail = "the tester cannot run it: " + e.getMessage();
        }
        if (status == Status.PASSED && factor > 1) {
            detail = "passed at the second attempt only";
        }
        byte[] bytes = capture == null ? null : capture.finish();
        double seconds = (network.nanoTime() - begin) / NANOS;
        return new CheckResult(
                check, status, detail, transcript.lines(), status == Status.FAILED ? bytes : null, seconds);
    }
}
