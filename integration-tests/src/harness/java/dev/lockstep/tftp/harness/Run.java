package dev.lockstep.tftp.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A command that runs beside the test. Closing it ends the process if it still runs. */
public final class Run implements AutoCloseable {
    /** The time limit of a command if the test gives none. */
    public static final Duration LIMIT = Duration.ofMinutes(10);

    private static final Duration POLL = Duration.ofMillis(50);

    private final List<String> command;
    private final Process process;
    private final Output out;
    private final Output err;

    Run(List<String> command, Process process, Output out, Output err) {
        this.command = command;
        this.process = process;
        this.out = out;
        this.err = err;
    }

    public static Run start(Path folder, Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(folder.toFile());
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            Quiescence.watch(process);
            long pid = process.pid();
            Run run = new Run(
                    command,
                    process,
                    Output.of("stdout of " + pid, process.getInputStream()),
                    Output.of("stderr of " + pid, process.getErrorStream()));
            Runtime.getRuntime().addShutdownHook(new Thread(run::close, "end of " + pid));
            return run;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command to its end and returns its result. */
    public static Result run(String... command) {
        try (Run run = start(Repository.ROOT, Map.of(), List.of(command))) {
            return run.await();
        }
    }

    public Result await() {
        return await(LIMIT);
    }

    /** Waits for the end and returns the result; fails the test if the command runs for longer. */
    public Result await(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                fail(command + " still runs after " + limit + "; so far it printed:\n" + out.text() + err.text());
            }
            out.awaitEnd(limit);
            err.awaitEnd(limit);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        return new Result(command, process.exitValue(), out.bytes(), err.text());
    }

    /** Waits until standard output matches; returns false if the time is up or the process has ended. */
    public boolean awaitOutput(Predicate<String> condition, Duration timeout) {
        try {
            return out.await(condition, timeout);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits until standard error matches; returns false if the time is up or the process has ended. */
    public boolean awaitErrors(Predicate<String> condition, Duration timeout) {
        try {
            return err.await(condition, timeout);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits until a line of either stream matches, and returns the match; fails if the process ends without it. */
    public Matcher awaitLine(String pattern) {
        Pattern compiled = Pattern.compile(pattern, Pattern.MULTILINE);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        Matcher matcher;
        do {
            boolean ended = !process.isAlive() && out.hasEnded() && err.hasEnded();
            matcher = compiled.matcher(printed());
            if (matcher.find()) {
                return matcher;
            }
            assertThat(ended || System.nanoTime() > deadline)
                    .as("no line '" + pattern + "' of " + command + ", which printed:\n" + printed())
                    .isFalse();
            awaitOutput(text -> compiled.matcher(text).find(), POLL);
        } while (true);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Returns the process that does the work: the one the launcher was replaced by, or else its newest descendant. A
     * Java process below a Java process does not count: the launcher starts it in the background to write an archive.
     */
    public ProcessHandle worker() {
        return all().filter(handle -> handle.info().command().orElse("").endsWith("/java"))
                .findFirst()
                .or(() -> all().reduce((first, second) -> second))
                .orElseThrow();
    }

    /** Sends SIGKILL, so that the process cannot clean up, and waits for its end. */
    public void kill() {
        all().forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
    }

    private Stream<ProcessHandle> all() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    public long pid() {
        return process.pid();
    }

    /** Returns the output so far, of both streams. */
    public String printed() {
        return out.text() + err.text();
    }

    public String output() {
        return out.text();
    }

    /** Sends SIGTERM; unlike {@link Process#destroy} this leaves the last output readable. */
    public void terminate() {
        process.toHandle().destroy();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException(e);
    }

    /** The result of a command. */
    public record Result(List<String> command, int exit, byte[] stdout, String stderr) {
        public String output() {
            return new String(stdout, StandardCharsets.UTF_8);
        }

        /** Returns the output of both streams. */
        public String printed() {
            return output() + stderr;
        }

        public Result assertExit(int expected) {
            assertThat(exit).as("exit status of %s", this).isEqualTo(expected);
            return this;
        }

        @Override
        public String toString() {
            return String.join(" ", command) + "\nexit " + exit + "\nstdout: " + output() + "\nstderr: " + stderr;
        }
    }
}
