package dev.lockstep.tftp.client.shell;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.cli.PutCommand;
import dev.lockstep.tftp.client.shell.ShellSettings.Toggle;
import dev.lockstep.tftp.internal.text.Suggestion;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The commands of the shell. Executes one line at a time, from any input. */
final class Shell {
    /** The commands whose arguments are names of local files. */
    static final Set<String> OF_LOCAL_FILES = Set.of("put", "mput", "lcd");

    /** The commands of FTP that list files, which TFTP cannot. */
    private static final Set<String> LISTS = Set.of("ls", "dir", "mls", "nlist");

    private static final int MOST = Integer.MAX_VALUE;

    /** A command with {@code least} to {@code most} arguments. Its action returns whether it succeeded. */
    private record Verb(String usage, String help, int least, int most, Predicate<List<String>> action) {}

    private final ShellSettings settings;
    private final ShellTransfers transfers;
    private final Map<String, Verb> verbs = new LinkedHashMap<>();
    private boolean over;
    private boolean failed;

    Shell(ShellSettings settings, ShellTransfers transfers) {
        this.settings = settings;
        this.transfers = transfers;
        set("connect HOST [PORT]", "set the server", 1, 2, this::connect);
        verb("get REMOTE [LOCAL]", "read a file from the server", 1, 2, w -> get("", w.get(0), second(w)));
        verb("put LOCAL [REMOTE]", "write a file to the server", 1, 2, w -> put("", w.get(0), second(w)));
        verb("mget REMOTE...", "read files from the server", 1, MOST, this::getAll);
        verb("mput LOCAL...", "write files to the server; names may contain * and ?", 1, MOST, this::putAll);
        set("ascii", "set mode netascii", 0, 0, w -> settings.mode("netascii"));
        set("binary", "set mode octet", 0, 0, w -> settings.mode("octet"));
        set("mode [ascii|binary]", "set or show the mode", 0, 1, this::mode);
        set("blksize N", "set the block size to request, in bytes", 1, 1, w -> settings.blksize(w.get(0)));
        set("windowsize N", "set the window size to request, in blocks", 1, 1, w -> settings.windowsize(w.get(0)));
        set(
                "timeout SECONDS",
                "set the retransmission timeout to request; 0: adaptive",
                1,
                1,
                w -> settings.timeout(w.get(0)));
        toggle("tsize", "switch the tsize option", Toggle.TSIZE);
        toggle("trace", "switch the packet trace", Toggle.TRACE);
        toggle("verbose", "switch detailed results", Toggle.VERBOSE);
        set(
                "lcd [DIR]",
                "change the directory of local files (default: the home directory)",
                0,
                1,
                this::changeDirectory);
        verb("! [COMMAND]", "run a command of the system, or its shell", 0, MOST, w -> {
            throw new IllegalArgumentException("usage: ![COMMAND]"); // execute() runs it from the unsplit line
        });
        set("status", "show the settings", 0, 0, w -> settings.describe().forEach(System.out::println));
        set("help [COMMAND]", "list the commands; the same as ?", 0, 1, this::help);
        set("quit", "leave the shell", 0, 0, w -> over = true);
        set("exit", "the same as quit", 0, 0, w -> over = true);
        set("bye", "the same as quit", 0, 0, w -> over = true);
    }

    private void verb(String usage, String help, int least, int most, Predicate<List<String>> action) {
        verbs.put(usage.replaceFirst(" .*", ""), new Verb(usage, help, least, most, action));
    }

    /** Adds a command that fails only if it is used wrongly. */
    private void set(String usage, String help, int least, int most, Consumer<List<String>> action) {
        verb(usage, help, least, most, w -> {
            action.accept(w);
            return true;
        });
    }

    private void toggle(String name, String help, Toggle toggle) {
        set(name + " [on|off]", help, 0, 1, w -> {
            System.out.println(settings.toggle(toggle, w.isEmpty() ? null : w.get(0)));
        });
    }

    /** Returns the names of all commands. */
    Set<String> commands() {
        return verbs.keySet();
    }

    /** Returns whether any command has failed so far. */
    boolean hasFailed() {
        return failed;
    }

    /** Executes a line. Returns false if the shell is to exit. */
    boolean execute(String line) {
        if (line.strip().startsWith("!")) {
            failed |= !SystemCommand.run(line.strip().substring(1).strip(), settings.directory());
            return true;
        }
        return execute(ShellWords.of(line));
    }

    /** Executes a command and its arguments. Returns false if the shell is to exit. */
    boolean execute(List<String> words) {
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

    /**
     * Returns the command with the given name or unambiguous prefix.
     *
     * @throws IllegalArgumentException if there is none, or more than one
     */
    private Verb named(String word) {
        String name = word.equals("?") ? "help" : word;
        if (verbs.containsKey(name)) {
            return verbs.get(name);
        }
        List<String> meant =
                verbs.keySet().stream().filter(known -> known.startsWith(name)).toList();
        if (meant.isEmpty()) {
            String reason = LISTS.contains(name)
                    ? "no server lists its files"
                    : Suggestion.near(name, verbs.keySet())
                            .map(known -> "did you mean " + known + "? see help")
                            .orElse("see help");
            throw new IllegalArgumentException("?Invalid command: " + word + " (" + reason + ")");
        }
        if (meant.size() > 1) {
            throw new IllegalArgumentException(
                    "?Ambiguous command: " + word + " (expected: " + String.join(" or ", meant) + ")");
        }
        return verbs.get(meant.get(0));
    }

    private void mode(List<String> words) {
        if (words.isEmpty()) {
            System.out.println("Mode: " + settings.mode());
        } else {
            settings.mode(words.get(0));
        }
    }

    private void connect(List<String> words) {
        try {
            settings.connect(words.get(0), second(words));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(words.get(0) + ": unknown host (expected: connect HOST [PORT])", e);
        }
    }

    private void changeDirectory(List<String> words) {
        settings.directory(words.isEmpty() ? "~" : words.get(0));
        System.out.println("Local directory: " + settings.directory());
    }

    private boolean get(String label, String name, String local) {
        RemoteFile remote = settings.remote(name);
        String target = local == null ? remote.lastElement() : local;
        if (target.isEmpty() || target.equals(".") || target.equals("..")) {
            throw new IllegalArgumentException(name + ": no name for a local file (expected: get REMOTE LOCAL)");
        }
        return transfers.get(label, remote, settings.local(target));
    }

    private boolean getAll(List<String> names) {
        for (String name : names) {
            if (ShellWords.isPattern(name)) {
                throw new IllegalArgumentException(
                        name + ": no server lists its files (expected: mget NAME..., or get '" + name + "')");
            }
        }
        return all(names, name -> get(name + ": ", name, null));
    }

    private boolean put(String label, String local, String name) {
        return transfers.put(
                label, settings.local(local), settings.remote(name == null ? PutCommand.nameOf(local) : name));
    }

    private boolean putAll(List<String> patterns) {
        List<String> files = new ArrayList<>();
        patterns.forEach(pattern -> files.addAll(ShellWords.filesLike(settings.directory(), pattern)));
        return all(files, file -> put(file + ": ", file, null));
    }

    /** Runs the action for all names, also after a failure. Returns whether all succeeded. */
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

    /** Describes the commands for the manual. */
    static final class Reference implements Supplier<Map<String, String>> {
        @Override
        public Map<String, String> get() {
            Map<String, String> terms = new LinkedHashMap<>();
            new Shell(new ShellSettings(false, false), null)
                    .verbs
                    .values()
                    .forEach(verb -> terms.put(
                            verb.usage, Character.toUpperCase(verb.help.charAt(0)) + verb.help.substring(1) + "."));
            return terms;
        }
    }

    private static String second(List<String> words) {
        return words.size() > 1 ? words.get(1) : null;
    }
}
