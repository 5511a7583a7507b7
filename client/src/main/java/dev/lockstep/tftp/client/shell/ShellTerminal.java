package dev.lockstep.tftp.client.shell;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * Runs a shell on a terminal with a prompt, a history, and completion of commands and local files. Ctrl-C cancels a
 * transfer.
 */
final class ShellTerminal {
    private static final String PROMPT = "tftp> ";
    private static final String HISTORY = "tftp_history";

    private final Shell shell;

    private ShellTerminal(Shell shell) {
        this.shell = shell;
    }

    /** Runs the shell until the user leaves it. */
    static void run(Shell shell, ShellTransfers transfers) throws IOException {
        try (Terminal terminal = TerminalBuilder.builder().name("tftp").build()) {
            terminal.handle(Terminal.Signal.INT, signal -> transfers.interrupt());
            LineReader reader = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .completer(new ShellTerminal(shell)::complete)
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                    .build();
            history(System.getenv()).ifPresent(file -> reader.setVariable(LineReader.HISTORY_FILE, file));
            boolean on = true;
            while (on) {
                try {
                    on = shell.execute(reader.readLine(PROMPT));
                } catch (UserInterruptException ignored) {
                    // Ctrl-C discards the line
                } catch (EndOfFileException end) {
                    on = false;
                }
            }
        }
    }

    /**
     * Returns the file for the history of lines, in the XDG base directory for state. Empty if that directory cannot be
     * created.
     */
    static Optional<Path> history(Map<String, String> environment) {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        String home = environment.getOrDefault("HOME", "");
        if (!state.startsWith("/") && !home.startsWith("/")) {
            return Optional.empty();
        }
        Path folder = state.startsWith("/") ? Path.of(state) : Path.of(home, ".local", "state");
        try {
            return Optional.of(Files.createDirectories(folder).resolve(HISTORY));
        } catch (IOException e) {
            return Optional.empty(); // the shell works without a history
        }
    }

    private void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        if (line.wordIndex() == 0) {
            shell.commands().forEach(command -> candidates.add(new Candidate(command)));
        } else if (Shell.OF_LOCAL_FILES.contains(line.words().get(0))) {
            addFiles(line.word(), candidates);
        } else if (line.words().get(0).equals("help")) {
            shell.commands().forEach(command -> candidates.add(new Candidate(command)));
        }
    }

    private static void addFiles(String begun, List<Candidate> candidates) {
        String folder = begun.substring(0, begun.lastIndexOf('/') + 1);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(folder))) {
            for (Path file : files) {
                String name = folder + file.getFileName();
                if (Files.isDirectory(file)) {
                    candidates.add(new Candidate(name + "/", name + "/", null, null, null, null, false));
                } else {
                    candidates.add(new Candidate(name));
                }
            }
        } catch (IOException ignored) {
            candidates.clear(); // no completions
        }
    }
}
