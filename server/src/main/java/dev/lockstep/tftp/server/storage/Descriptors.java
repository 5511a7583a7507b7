package dev.lockstep.tftp.server.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The open descriptors of this process and the mounts of their files, as Linux lists them. Listing them does no I/O on
 * the files, so it returns even if a file system does not respond.
 */
final class Descriptors {
    private static final Path PROCESS = Path.of("/proc/self");
    private static final String MOUNT = "mnt_id:";
    /** Fields of a line of the mount table: the number of the mount, and the path that it is mounted at. */
    private static final int MOUNT_NUMBER = 0;

    private static final int MOUNT_POINT = 4;

    private Descriptors() {}

    /** Returns the paths of all descriptors, without following them; none if the system does not list them. */
    static List<Path> all() throws IOException {
        List<Path> all = new ArrayList<>();
        Path folder = PROCESS.resolve("fd");
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
                stream.forEach(all::add);
            }
        }
        return all;
    }

    /**
     * Returns the number of the mount that a path without links is on, whether or not there is such a file.
     *
     * @return null if the system does not provide it
     */
    static String mountOf(Path path) throws IOException {
        Path table = PROCESS.resolve("mountinfo");
        String found = null;
        int longest = 0;
        if (Files.exists(table)) {
            for (String line : new String(Files.readAllBytes(table), StandardCharsets.UTF_8).split("\n")) {
                String[] fields = line.split(" ");
                String point = unescape(fields[MOUNT_POINT]);
                if (point.length() >= longest && (path + "/").startsWith(point.endsWith("/") ? point : point + "/")) {
                    longest = point.length(); // of several mounts at one path the last one is visible
                    found = fields[MOUNT_NUMBER];
                }
            }
        }
        return found;
    }

    private static String unescape(String point) {
        return point.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    /** Returns whether a descriptor is of a file on that mount. */
    static boolean isOnMount(Path descriptor, String mount) {
        try {
            if (!Files.readSymbolicLink(descriptor).isAbsolute()) {
                return false; // a socket, a pipe or the like
            }
            Path information = PROCESS.resolve("fdinfo").resolve(descriptor.getFileName());
            return Files.readAllLines(information, StandardCharsets.ISO_8859_1).stream()
                    .anyMatch(line -> line.startsWith(MOUNT)
                            && line.substring(MOUNT.length()).trim().equals(mount));
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }
}
