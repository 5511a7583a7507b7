package dev.lockstep.tftp.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The daemon as a process that serves one folder on a free port. Use one for a test class: a start takes half a second.
 */
public final class Daemon implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration STOP_LIMIT = Duration.ofMinutes(2);
    private static final Pattern LISTENING = Pattern.compile("Listening port (\\d+).*\\R");
    private static final Pattern WARNING = Pattern.compile("^\\S+ (WARN|ERROR)\\b");
    private static final Pattern STACK_TRACE = Pattern.compile("(?m)^\\s+at [\\w.$/]+\\(");

    private final Run run;
    private final int port;
    private boolean interrupted;

    private Daemon(Run run, boolean isJson) {
        this.run = run;
        if (isJson) {
            run.awaitErrors(text -> LISTENING.matcher(text).find(), START_LIMIT);
        } else {
            run.awaitOutput(text -> LISTENING.matcher(text).find(), START_LIMIT);
        }
        Matcher listening = LISTENING.matcher(isJson ? run.printed() : run.output());
        if (!listening.find()) {
            run.close();
            fail("the daemon did not log its address:\n" + run.printed());
        }
        port = Integer.parseInt(listening.group(1));
    }

    /** Starts a daemon on 127.0.0.1. */
    public static Daemon serving(Path root, String... flags) {
        return start(Map.of(), List.of(), root, flags, "127.0.0.1", "0");
    }

    /**
     * Starts a daemon on 127.0.0.1 that serves the files of an origin.
     *
     * @param folder the working directory, with the cache in it
     */
    public static Daemon servingOrigin(Map<String, String> environment, Path folder, String uri, String... flags) {
        String[] all = Stream.concat(
                        Stream.of(
                                "--root",
                                uri,
                                "--cache-dir",
                                folder.resolve("cache").toString()),
                        Stream.of(flags))
                .toArray(String[]::new);
        return start(environment, List.of(), folder, all, "127.0.0.1", "0");
    }

    /** Starts a daemon on every address of the machine. */
    public static Daemon servingEverywhere(Path root, String... flags) {
        return start(Map.of(), List.of(), root, flags, "0");
    }

    /** Starts a daemon on every address by another command, for example in another network namespace. */
    public static Daemon servingEverywhereIn(List<String> starter, Path root, String... flags) {
        return start(Map.of(), starter, root, flags, "0");
    }

    /** Starts a daemon on every address of the machine, with additional environment variables. */
    public static Daemon startedWith(Map<String, String> environment, Path root, String... flags) {
        return start(environment, List.of(), root, flags, "0");
    }

    /** Starts a daemon on the addresses in the flags, by another command. */
    public static Daemon listeningIn(List<String> starter, Path root, String... flags) {
        return start(Map.of(), starter, root, flags);
    }

    /** Starts a daemon on 127.0.0.1, with additional environment variables. */
    public static Daemon servingWith(Map<String, String> environment, Path root, String... flags) {
        return start(environment, List.of(), root, flags, "127.0.0.1", "0");
    }

    private static Daemon start(
            Map<String, String> more, List<String> starter, Path root, String[] flags, String... where) {
        List<String> command = new ArrayList<>(starter);
        command.addAll(List.of("env", "--default-signal=HUP")); // a parent such as nohup may ignore SIGHUP
        command.add(Repository.ROOT.resolve("server/bin/tftpd").toString());
        if (!List.of(flags).contains("--memory") && !List.of(flags).contains("--root")) {
            command.addAll(List.of("--root", root.toString()));
        }
        command.addAll(List.of(flags));
        if (!command.contains("--drain")) {
            command.addAll(List.of("--drain", "0"));
        }
        command.addAll(List.of(where));
        Map<String, String> environment = new java.util.HashMap<>(more);
        environment.merge("JAVA_OPTS", Repository.JAVA_OPTIONS, (given, usual) -> usual + " " + given);
        return new Daemon(Run.start(root, environment, command), command.contains("--json-log"));
    }

    public int port() {
        return port;
    }

    /** Returns the listening address on the loopback interface. */
    public InetSocketAddress address() {
        return at("127.0.0.1");
    }

    /** Returns the listening port at another address of the machine. */
    public InetSocketAddress at(String address) {
        return new InetSocketAddress(address, port);
    }

    public boolean isAlive() {
        return run.isAlive();
    }

    public long pid() {
        return run.pid();
    }

    /** Returns the output so far. */
    public String printed() {
        return run.printed();
    }

    /** Returns the standard output so far. */
    public String output() {
        return run.output();
    }

    /** Returns the lines of the output so far that name a file. */
    public List<String> linesAbout(String file) {
        try (Stream<String> lines = printed().lines()) {
            return lines.filter(line -> line.contains(file)).toList();
        }
    }

    /** Waits until a line of either stream matches. */
    public void awaitLine(String what, Predicate<String> condition) {
        long deadline = System.nanoTime() + RawSocketPeer.REPLY_TIMEOUT.toNanos();
        Duration slice = Duration.ofMillis(100);
        while (printed().lines().noneMatch(condition)) {
            assertThat(System.nanoTime()).as(what + " in:\n" + printed()).isLessThan(deadline);
            run.awaitOutput(text -> text.lines().anyMatch(condition), slice);
            run.awaitErrors(text -> text.lines().anyMatch(condition), slice);
        }
    }

    /** Waits until the daemon has processed all that it has received. */
    public void awaitRest() {
        Quiescence.await(START_LIMIT);
    }

    /** Asserts that no line about the file is a warning. */
    public void assertNoAlarm(String file) {
        assertThat(linesAbout(file))
                .isNotEmpty()
                .noneMatch(line -> WARNING.matcher(line).find());
    }

    /** Fetches a file without any option, to check that the daemon still serves. */
    public byte[] fetch(String name) {
        try (RawSocketPeer client = new RawSocketPeer()) {
            client.ask(address(), Bytes.rrq(name));
            byte[] content = client.download(512, 1);
            client.talkTo(null);
            return content;
        }
    }

    /** Sends SIGKILL, so that the daemon cannot clean up, and waits for its end. */
    public void kill() {
        run.kill();
    }

    /** Sends SIGTERM: running transfers may continue for as long as {@code --drain} allows. */
    public void interrupt() {
        interrupted = true;
        run.terminate();
    }

    /** Sends SIGHUP: the daemon reloads its configuration. */
    public void hangUp() {
        Run.Result sent = Run.run("sh", "-c", "kill -HUP " + run.pid());
        assertThat(sent.exit()).as(sent.toString()).isZero();
    }

    /** Stops the daemon as an administrator would and checks its exit status and its output. */
    @Override
    public void close() {
        assertThat(interrupted || run.isAlive())
                .as("alive at the end of the tests; it printed:\n" + run.printed())
                .isTrue();
        try {
            if (!interrupted) {
                interrupt();
            }
            Run.Result result = run.await(STOP_LIMIT);
            assertThat(result.exit()).as(run.printed()).isZero();
        } finally {
            run.close();
        }
        assertThat(run.printed())
                .contains("Interrupt, quitting...")
                .doesNotContain("LEAK:")
                .doesNotContain("Exception in thread")
                .doesNotContainPattern(STACK_TRACE);
    }
}
