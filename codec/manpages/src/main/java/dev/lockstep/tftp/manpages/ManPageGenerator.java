package dev.lockstep.tftp.manpages;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Generates the shell completion, the manual pages and the reference tables of a command from its picocli model. Run by
 * the build.
 */
public final class ManPageGenerator {
    private ManPageGenerator() {}

    /**
     * Writes the files.
     *
     * @param args the class of the command, the section of the manual, the folder with hand-written parts of the pages,
     *     the folder for {@code completion}, {@code man} and {@code docs}, the version, and the pages of the
     *     documentation with {@linkplain MarkdownReference reference tables}
     */
    public static void main(String[] args) throws Exception {
        CommandLine command =
                new CommandLine(Class.forName(args[0]).getDeclaredConstructor().newInstance());
        Path parts = Path.of(args[2]);
        Path folder = Path.of(args[3]);
        String version = args[4];
        CommandSpec spec = command.getCommandSpec();
        Path completion = folder.resolve("completion");
        write(completion.resolve(spec.name()), Completion.bash(spec));
        write(completion.resolve("_" + spec.name()), Completion.zsh(spec));
        write(completion.resolve(spec.name() + ".fish"), Completion.fish(spec));
        for (String page : List.of(args).subList(5, args.length)) {
            Path file = Path.of(page);
            write(
                    folder.resolve("docs").resolve(file.getFileName()),
                    MarkdownReference.generate(Files.readString(file)));
        }
        Path manual = folder.resolve("man");
        Set<String> commands = new HashSet<>();
        writeCommand(spec, args[1], parts, manual, version, commands);
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parts)) {
            for (Path part : all) {
                if (!commands.contains(part.getFileName().toString())) {
                    write(
                            pageIn(manual, part.getFileName().toString()),
                            ManPage.including(Files.readString(part), version));
                }
            }
        }
    }

    private static void writeCommand(
            CommandSpec command, String section, Path parts, Path manual, String version, Set<String> written)
            throws IOException {
        String name = ManPage.nameOf(command) + "." + section;
        written.add(name);
        Path part = parts.resolve(name);
        String rest = Files.exists(part) ? Files.readString(part) : "";
        write(pageIn(manual, name), ManPage.of(command, section, rest, version));
        for (CommandSpec sub : CommandModel.subcommands(command)) {
            writeCommand(sub, section, parts, manual, version, written);
        }
    }

    private static Path pageIn(Path manual, String name) {
        return manual.resolve("man" + name.substring(name.lastIndexOf('.') + 1)).resolve(name);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
