package dev.lockstep.tftp.client.shell;

import dev.lockstep.tftp.client.cli.Terminals;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;

/** Runs commands of the system on the terminal of the shell. */
final class SystemCommand {
    private SystemCommand() {}

    /**
     * Runs a command line and waits for its end. Without a terminal its input is empty, because the lines of standard
     * input are for this shell.
     *
     * @param line a command of {@code sh}, or an empty text for the user's shell
     * @return whether its exit status is 0
     */
    static boolean run(String line, Path directory) {
        String shell = System.getenv().getOrDefault("SHELL", "sh");
        ProcessBuilder builder = line.isEmpty() ? new ProcessBuilder(shell) : new ProcessBuilder("sh", "-c", line);
        builder.directory(directory.toFile()).inheritIO();
        if (!Terminals.are(Terminals.INPUT)) {
            builder.redirectInput(Redirect.from(new File("/dev/null")));
        }
        System.out.flush();
        try {
            return builder.start().waitFor() == 0;
        } catch (IOException e) {
            System.err.println("tftp: !" + line + ": " + e.getMessage());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
