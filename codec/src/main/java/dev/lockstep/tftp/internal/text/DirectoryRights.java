package dev.lockstep.tftp.internal.text;

import dev.lockstep.tftp.concurrent.Blocking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** Describes the rights of directories for operators. Never sent to peers. */
@Blocking
public final class DirectoryRights {
    private static final String USER = System.getProperty("user.name");

    private DirectoryRights() {}

    /** Returns the mode and the owner, such as {@code drwxr-xr-x root}, or an empty text if the system has none. */
    public static String of(Path directory) {
        try {
            PosixFileAttributes found = Files.readAttributes(directory, PosixFileAttributes.class);
            return "d" + PosixFilePermissions.toString(found.permissions()) + " " + found.owner();
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    /**
     * Returns the user of this process with the rights of a directory, such as {@code user nobody, directory drwx------
     * root}.
     */
    public static String forUser(Path directory) {
        String rights = of(directory);
        return "user " + USER + (rights.isEmpty() ? "" : ", directory " + rights);
    }

    /**
     * Returns true if the name of a directory is wrong: it does not exist, or is something else. Returns false if it may
     * exist, and the system does not open it.
     */
    public static boolean isWrongName(Path directory, IOException failure) {
        return failure instanceof NoSuchFileException || Files.exists(directory) && !Files.isDirectory(directory);
    }

    /** Returns why a directory cannot be opened: names the first directory on its path that this process cannot enter. */
    public static String reason(Path directory, IOException failure) {
        Path whole = directory.toAbsolutePath();
        for (int count = 0; count <= whole.getNameCount(); count++) {
            Path part = count == 0 ? whole.getRoot() : whole.getRoot().resolve(whole.subpath(0, count));
            if (!Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
                return "no such directory" + (part.equals(whole) ? "" : ": " + part);
            }
            if (!Files.isDirectory(part)) {
                return "not a directory" + (part.equals(whole) ? "" : ": " + part);
            }
            if (!Files.isExecutable(part)) {
                return "permission denied: " + part + " cannot be entered (" + forUser(part) + ")";
            }
        }
        return String.valueOf(failure.getMessage());
    }
}
