package dev.lockstep.tftp.client.shell;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
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
    static final String PROMPT = "tftp> ";
    private static final String HISTORY = "tftp_history";
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    /** Kept here, since a logger that nothing references loses its level. */
    private static final Logger LIBRARY = Logger.getLogger("org.jline");

    private final Shell shell;
    private final ShellSettings settings;

    private ShellTerminal(Shell shell, ShellSettings settings) {
        this.shell = shell;
        this.settings = settings;
    }

    /** Runs the shell until the user leaves it. */
    static void run(Shell shell, ShellSettings settings, ShellTransfers transfers) throws IOException {
        LIBRARY.setLevel(Level.OFF); // warns of each unknown terminal, with stack traces
        try (Terminal terminal = TerminalBuilder.builder().name("tftp").build()) {
            terminal.handle(Terminal.Signal.INT, signal -> transfers.interrupt());
            LineReader reader = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .completer(new ShellTerminal(shell, settings)::complete)
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
     * Returns the file for the history of lines, in the XDG base directory for state. Only the user can read it. Empty
     * if it cannot be created.
     */
    static Optional<Path> history(Map<String, String> environment) {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        String home = environment.getOrDefault("HOME", "");
        if (!state.startsWith("/") && !home.startsWith("/")) {
            return Optional.empty();
        }
        Path folder = state.startsWith("/") ? Path.of(state) : Path.of(home, ".local", "state");
        try {
            Path file = Files.createDirectories(folder, privately("rwx------")).resolve(HISTORY);
            if (Files.notExists(file)) {
                Files.createFile(file, privately("rw-------"));
            } else if (POSIX) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
            return Optional.of(file);
        } catch (IOException e) {
            return Optional.empty(); // the shell works without a history
        }
    }

    private static FileAttribute<?>[] privately(String permissions) {
        return POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
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

    private void addFiles(String begun, List<Candidate> candidates) {
        String folder = begun.substring(0, begun.lastIndexOf('/') + 1);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(settings.local(folder))) {
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
