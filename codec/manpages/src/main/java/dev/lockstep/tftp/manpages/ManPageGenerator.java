package dev.lockstep.tftp.manpages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Generates the shell completion and the manual pages of a command from its picocli model. Run by the build. */
public final class ManPageGenerator {
    private ManPageGenerator() {}

    /**
     * Writes the files.
     *
     * @param args the class of the command, the section of the manual, and the folder for {@code completion} and {@code
     *     man}
     */
    public static void main(String[] args) throws Exception {
        CommandLine command =
                new CommandLine(Class.forName(args[0]).getDeclaredConstructor().newInstance());
        int section = Integer.parseInt(args[1]);
        Path folder = Path.of(args[2]);
        String name = command.getCommandName();
        write(folder.resolve("completion").resolve(name), AutoComplete.bash(name, command));
        writeManual(command, section, folder.resolve("man").resolve("man" + section));
    }

    private static void writeManual(CommandLine command, int section, Path folder) throws IOException {
        String file = ManPage.nameOf(command.getCommandSpec()) + "." + section;
        write(folder.resolve(file), ManPage.of(command.getCommandSpec(), section));
        for (CommandLine sub : command.getSubcommands().values()) {
            writeManual(sub, section, folder);
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
