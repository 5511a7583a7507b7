package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.codec.TransferMode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Converts the command lines of tftp-hpa, atftp and busybox to those of this program. */
final class ClassicArguments {
    private static final Set<String> GET = Set.of("-g", "--get");
    private static final Set<String> PUT = Set.of("-p", "--put");
    private static final Set<String> SHELL_FLAGS = Set.of("-c", "-m", "-v");
    private static final String DEFAULT_HOST = "127.0.0.1";

    private final List<String> words = new ArrayList<>();
    private final List<String> flags = new ArrayList<>();
    private String remote;
    private String local;

    private ClassicArguments() {}

    /**
     * Returns the arguments, converted if they have a classic form: {@code HOST [PORT]} and the flags of tftp-hpa start
     * the shell, {@code -g} and {@code -p} are get and put of atftp and busybox.
     */
    static String[] converted(String... arguments) {
        List<String> all = List.of(arguments);
        if (all.isEmpty()) {
            return arguments;
        }
        if (all.get(0).equals("help")) {
            return all.size() == 1 ? new String[] {"--help"} : new String[] {all.get(1), "--help"};
        }
        if (RemoteFile.isUri(all.get(0))) {
            throw new IllegalArgumentException(
                    all.get(0) + ": no command (expected: tftp get " + all.get(0) + ", or put FILE and the URI)");
        }
        if (all.get(0).startsWith("-") && all.stream().anyMatch(GET::contains)) {
            return parse(all).get();
        }
        if (all.get(0).startsWith("-") && all.stream().anyMatch(PUT::contains)) {
            return parse(all).put();
        }
        if (SHELL_FLAGS.contains(all.get(0)) || isHost(all)) {
            List<String> shell = new ArrayList<>(List.of("shell"));
            shell.addAll(all);
            return shell.toArray(String[]::new);
        }
        return arguments;
    }

    /** Returns whether the arguments begin with a host. A word that could be a misspelt command has to have an address. */
    private static boolean isHost(List<String> all) {
        String word = all.get(0);
        if (word.isEmpty() || word.startsWith("-") || word.indexOf('/') >= 0 || TftpCommand.isCommand(word)) {
            return false;
        }
        boolean port = all.size() > 1 && all.get(1).matches("\\d+");
        int next = port ? 2 : 1;
        boolean classic = all.size() > next && SHELL_FLAGS.contains(all.get(next));
        if (all.size() > next && !all.get(next).startsWith("-")) {
            if (port) {
                throw new IllegalArgumentException(String.join(" ", all) + " (expected: " + word + " " + all.get(1)
                        + " -c " + String.join(" ", all.subList(next, all.size())) + ")");
            }
            return false;
        }
        return port || classic || word.matches(".*[.:].*") || hasAddress(word);
    }

    private static boolean hasAddress(String host) {
        try {
            return InetAddress.getByName(host) != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static ClassicArguments parse(List<String> all) {
        ClassicArguments parsed = new ClassicArguments();
        for (int i = 0; i < all.size(); i++) {
            String argument = all.get(i);
            String value = i + 1 < all.size() ? all.get(i + 1) : "";
            switch (argument) {
                case "-g", "--get", "-p", "--put" -> {}
                case "-r", "--remote-file" -> {
                    parsed.remote = value;
                    i++;
                }
                case "-l", "--local-file" -> {
                    parsed.local = value;
                    i++;
                }
                case "-b" -> {
                    parsed.flags.addAll(List.of("--blksize", value));
                    i++;
                }
                case "--option" -> {
                    String[] option = value.strip().split("\\s+", 2);
                    parsed.flags.add("--" + option[0] + (option.length > 1 ? "=" + option[1] : ""));
                    i++;
                }
                default -> (argument.startsWith("-") ? parsed.flags : parsed.words).add(argument);
            }
        }
        return parsed;
    }

    private String[] get() {
        if (local == null && remote == null) {
            throw new IllegalArgumentException("-g: no file (expected: -g -r REMOTE HOST [PORT])");
        }
        List<String> arguments = new ArrayList<>(List.of("get"));
        arguments.addAll(flags);
        if (local != null && remote != null) {
            arguments.addAll(List.of("-o", local));
        }
        return with(arguments, remote == null ? local : remote);
    }

    private String[] put() {
        if (local == null && remote == null) {
            throw new IllegalArgumentException("-p: no file (expected: -p -l LOCAL HOST [PORT])");
        }
        List<String> arguments = new ArrayList<>(List.of("put"));
        arguments.addAll(flags);
        if (local == null || remote == null || words.size() > 2) {
            return with(arguments, local == null ? remote : local);
        }
        String host = words.isEmpty() ? DEFAULT_HOST : words.get(0);
        int port = words.size() > 1 ? RemoteArguments.port(words.get(1)) : RemoteFile.TFTP_PORT;
        arguments.add(local);
        arguments.add(new RemoteFile(host, port, remote, TransferMode.OCTET).toString());
        return arguments.toArray(String[]::new);
    }

    /** Returns the arguments followed by a file, and its host and port. */
    private String[] with(List<String> arguments, String file) {
        arguments.add(file);
        arguments.addAll(words);
        return arguments.toArray(String[]::new);
    }
}
