package dev.lockstep.tftp.client.shell;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits a line of the shell into words, and expands wild cards to file names. */
final class ShellWords {
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");
    private static final Pattern WILD = Pattern.compile("[*?\\[{]");

    private ShellWords() {}

    /** Returns the words of a line. White space separates them; quotes enclose words with white space. */
    static List<String> of(String line) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(line);
        while (matcher.find()) {
            for (int group = 1; group <= matcher.groupCount(); group++) {
                if (matcher.group(group) != null) {
                    words.add(matcher.group(group));
                }
            }
        }
        return words;
    }

    /** Returns whether a name contains wild cards. */
    static boolean isPattern(String name) {
        return WILD.matcher(name).find();
    }

    /**
     * Returns the regular files below a directory that match a name with wild cards in its last element, in order. A name without wild
     * cards is returned as it is.
     *
     * @throws IllegalArgumentException if no file matches
     */
    static List<String> filesLike(Path directory, String pattern) {
        if (!isPattern(pattern)) {
            return List.of(pattern);
        }
        int slash = pattern.lastIndexOf('/') + 1;
        String folder = pattern.substring(0, slash);
        List<String> files = new ArrayList<>();
        try (DirectoryStream<Path> all =
                Files.newDirectoryStream(directory.resolve(folder), pattern.substring(slash))) {
            for (Path file : all) {
                String name = file.getFileName().toString();
                if (Files.isRegularFile(file) && (!name.startsWith(".") || pattern.startsWith(".", slash))) {
                    files.add(folder + name);
                }
            }
        } catch (IOException ignored) {
            files.clear();
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException(pattern + ": no such file");
        }
        files.sort(null);
        return files;
    }
}
