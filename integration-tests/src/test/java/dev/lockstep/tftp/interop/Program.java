package dev.lockstep.tftp.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A child process whose output a thread reads. Closing it kills the process and its descendants. */
final class Program implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(120);

    private final List<String> command;
    private final Process process;
    private final StringBuilder output = new StringBuilder();
    private final Thread reader;

    private Program(List<String> command, Process process) {
        this.command = command;
        this.process = process;
        this.reader = new Thread(this::read, "output of " + command.get(0));
        reader.setDaemon(true);
        reader.start();
    }

    static Program start(Path directory, Map<String, String> environment, List<String> command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return new Program(command, process);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
    }

    static ProgramOutcome run(Path directory, List<String> command) {
        return run(directory, command, TIMEOUT);
    }

    static ProgramOutcome run(Path directory, List<String> command, Duration timeout) {
        try (Program program = start(directory, Map.of(), command)) {
            return program.end(timeout);
        }
    }

    /** Waits until the program has ended by itself. */
    ProgramOutcome end(Duration timeout) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(
                        command + " still runs after " + timeout.toSeconds() + " s, output:\n" + output());
            }
            reader.join(TimeUnit.SECONDS.toMillis(5));
            return new ProgramOutcome(command, process.exitValue(), output());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    ProgramOutcome end() {
        return end(TIMEOUT);
    }

    /** Waits until the output contains the pattern; fails if the program ends before. */
    Matcher awaitOutput(String pattern) {
        Pattern compiled = Pattern.compile(pattern, Pattern.MULTILINE);
        Await.until("'" + pattern + "' in the output of " + command, () -> {
            boolean alive = process.isAlive();
            boolean found = compiled.matcher(output()).find();
            if (!alive && !found && !reader.isAlive()) {
                throw new AssertionError(command + " ended with " + process.exitValue() + ":\n" + output());
            }
            return found;
        });
        Matcher matcher = compiled.matcher(output());
        matcher.find();
        return matcher;
    }

    /**
     * Returns the process that does the work: the one the launcher was replaced by, or else its newest descendant. A
     * Java process below a Java process does not count: the launcher starts it in the background to write an archive.
     */
    ProcessHandle worker() {
        return all().filter(Program::isJava)
                .findFirst()
                .or(() -> all().reduce((first, second) -> second))
                .orElseThrow();
    }

    private static boolean isJava(ProcessHandle handle) {
        return handle.info().command().orElse("").endsWith("/java");
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String output() {
        synchronized (output) {
            return output.toString();
        }
    }

    /** Sends SIGTERM; the caller waits for the end. */
    void terminate() {
        worker().destroy();
    }

    /** Sends SIGKILL, so that the process cannot clean up. */
    void kill() {
        all().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }

    private Stream<ProcessHandle> all() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    private void read() {
        byte[] chunk = new byte[8192];
        try (InputStream in = process.getInputStream()) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                synchronized (output) {
                    output.append(new String(chunk, 0, n, StandardCharsets.UTF_8));
                }
            }
        } catch (IOException ignored) {
            // the stream is closed when the process is killed: the output ends here
        }
    }
}
