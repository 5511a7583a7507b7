package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.RemoteFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The commands of a shell: one line at a time, from wherever it comes. */
final class Shell {
    /** The commands whose words are names of local files. */
    static final Set<String> OF_LOCAL_FILES = Set.of("put", "mput");

    private static final int MOST = Integer.MAX_VALUE;

    /** Between {@code least} and {@code most} words follow the command; it says whether it succeeded. */
    private record Verb(String usage, String help, int least, int most, Predicate<List<String>> action) {}

    private final ShellSettings settings;
    private final ShellTransfers transfers;
    private final Map<String, Verb> verbs = new LinkedHashMap<>();
    private boolean over;
    private boolean failed;

    Shell(ShellSettings settings, ShellTransfers transfers) {
        this.settings = settings;
        this.transfers = transfers;
        set("connect", "HOST [PORT]", "name the server", 1, 2, w -> settings.connect(w.get(0), second(w)));
        verb("get", "REMOTE [LOCAL]", "get a file", 1, 2, w -> get(w.get(0), second(w)));
        verb("put", "LOCAL [REMOTE]", "put a file", 1, 2, w -> put(w.get(0), second(w)));
        verb("mget", "REMOTE...", "get files", 1, MOST, w -> all(w, name -> get(name, null)));
        verb("mput", "LOCAL...", "put files; * and ? stand for what they do in a shell", 1, MOST, this::putAll);
        set("ascii", "", "mode netascii", 0, 0, w -> settings.mode("netascii"));
        set("binary", "", "mode octet", 0, 0, w -> settings.mode("octet"));
        set("mode", "ascii|binary", "choose the mode", 1, 1, w -> settings.mode(w.get(0)));
        set("blksize", "N", "octets a block to ask for", 1, 1, w -> settings.blksize(w.get(0)));
        set("windowsize", "N", "blocks an ACK to ask for", 1, 1, w -> settings.windowsize(w.get(0)));
        set(
                "timeout",
                "SECONDS",
                "wait before a resend to ask for; 0: adaptive",
                1,
                1,
                w -> settings.timeout(w.get(0)));
        set("tsize", "", "turn asking for the size on or off", 0, 0, w -> settings.toggleSize());
        set("trace", "", "turn printing of packets on or off", 0, 0, w -> settings.toggleTrace());
        set("verbose", "", "turn longer results on or off", 0, 0, w -> settings.toggleVerbose());
        set("status", "", "show what is set", 0, 0, w -> settings.describe().forEach(System.out::println));
        set("help", "[COMMAND]", "list commands; also: ?", 0, 1, this::help);
        set("quit", "", "leave", 0, 0, w -> over = true);
    }

    private void verb(String name, String words, String help, int least, int most, Predicate<List<String>> action) {
        verbs.put(name, new Verb((name + " " + words).strip(), help, least, most, action));
    }

    /** One that can only be used wrongly. */
    private void set(String name, String words, String help, int least, int most, Consumer<List<String>> action) {
        verb(name, words, help, least, most, w -> {
            action.accept(w);
            return true;
        });
    }

    /** The names of all commands. */
    Set<String> commands() {
        return verbs.keySet();
    }

    /** Whether any command failed so far. */
    boolean hasFailed() {
        return failed;
    }

    /** Does what a line says; false if it says to leave. */
    boolean execute(String line) {
        List<String> words = ShellWords.of(line);
        if (words.isEmpty() || words.get(0).startsWith("#")) {
            return true;
        }
        try {
            Verb verb = named(words.get(0));
            List<String> rest = words.subList(1, words.size());
            if (rest.size() < verb.least || rest.size() > verb.most) {
                throw new IllegalArgumentException("usage: " + verb.usage);
            }
            failed |= !verb.action.test(rest);
        } catch (IllegalArgumentException e) {
            failed = true;
            System.err.println("tftp: " + e.getMessage());
        }
        return !over;
    }

    /** By its name, or the beginning of it where that is enough. */
    private Verb named(String word) {
        String name = word.equals("?") ? "help" : word;
        if (verbs.containsKey(name)) {
            return verbs.get(name);
        }
        List<String> meant =
                verbs.keySet().stream().filter(known -> known.startsWith(name)).toList();
        if (meant.size() != 1) {
            throw new IllegalArgumentException(
                    "?" + (meant.isEmpty() ? "Invalid" : "Ambiguous") + " command: " + word + " (expected: see help)");
        }
        return verbs.get(meant.get(0));
    }

    private boolean get(String name, String local) {
        RemoteFile remote = settings.remote(name);
        String target = local == null ? remote.lastElement() : local;
        if (target.isEmpty() || target.equals(".") || target.equals("..")) {
            throw new IllegalArgumentException(name + ": no name for a local file (expected: get REMOTE LOCAL)");
        }
        return transfers.get(remote, Path.of(target));
    }

    private boolean put(String local, String name) {
        return transfers.put(Path.of(local), settings.remote(name == null ? PutCommand.nameOf(local) : name));
    }

    private boolean putAll(List<String> patterns) {
        List<String> files = new ArrayList<>();
        patterns.forEach(pattern -> files.addAll(ShellWords.filesLike(pattern)));
        return all(files, file -> put(file, null));
    }

    /** Each of them, also after one that fails. */
    private static boolean all(List<String> names, Predicate<String> action) {
        boolean well = true;
        for (String name : names) {
            well &= action.test(name);
        }
        return well;
    }

    private void help(List<String> words) {
        if (words.isEmpty()) {
            verbs.values().forEach(verb -> System.out.println(verb.usage + ": " + verb.help));
        } else {
            Verb verb = named(words.get(0));
            System.out.println(verb.usage + ": " + verb.help);
        }
    }

    private static String second(List<String> words) {
        return words.size() > 1 ? words.get(1) : null;
    }
}
