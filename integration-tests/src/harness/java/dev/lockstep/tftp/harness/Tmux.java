package dev.lockstep.tftp.harness;

import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A command on a terminal of its own, whose keys the test types and whose screen it reads. */
public final class Tmux implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final String socket = "lockstep-" + UUID.randomUUID();

    private Tmux() {}

    /** Starts a command line of a shell in a terminal of 100 × 30. Programs keep their files below the folder. */
    public static Tmux start(Path folder, String command) {
        return start(folder, 100, command);
    }

    /** Starts a command line of a shell in a terminal with the given number of columns. */
    public static Tmux start(Path folder, int columns, String command) {
        Tool.needed("tmux");
        Tmux tmux = new Tmux();
        // keep the screen after the command has ended
        String line = command + "; echo \"exit $?\"; exec cat";
        Map<String, String> environment = Map.of(
                "LC_ALL",
                "C.UTF-8",
                "TERM",
                "xterm-256color",
                "XDG_STATE_HOME",
                state(folder).toString());
        try (Run run = Run.start(
                folder,
                environment,
                tmux.words("-u", "-f", "/dev/null", "new-session", "-d", "-x", "" + columns, "-y", "30", line))) {
            Run.Result result = run.await();
            if (result.exit() != 0) {
                fail(result.toString());
            }
        }
        return tmux;
    }

    /** Returns the folder for the files that programs keep. */
    public static Path state(Path folder) {
        return folder.resolve(".state");
    }

    /** Changes the number of columns. */
    public void resize(int columns) {
        Run.run(words("resize-window", "-x", "" + columns).toArray(String[]::new));
    }

    /** Types text; a name such as Enter, Tab, Up or C-c is that key. */
    public void type(String... keys) {
        List<String> words = words("send-keys");
        words.addAll(List.of(keys));
        Run.run(words.toArray(String[]::new));
    }

    /** Returns the text on the screen, without empty lines. */
    public String screen() {
        Run.Result result = Run.run(words("capture-pane", "-p").toArray(String[]::new));
        return String.join(
                "\n", result.output().lines().filter(line -> !line.isBlank()).toList());
    }

    /** Polls until the screen matches: there is no event to wait for. */
    public String await(Predicate<String> condition) {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        String screen = screen();
        while (!condition.test(screen)) {
            if (System.nanoTime() > deadline) {
                fail("not as wished after " + TIMEOUT + ":\n" + screen);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            screen = screen();
        }
        return screen;
    }

    private List<String> words(String... rest) {
        List<String> words = new ArrayList<>(List.of("tmux", "-L", socket));
        words.addAll(List.of(rest));
        return words;
    }

    @Override
    public void close() {
        Run.run("tmux", "-L", socket, "kill-server");
    }
}
