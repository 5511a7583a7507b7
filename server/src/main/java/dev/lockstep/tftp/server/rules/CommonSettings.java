package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.storage.DirectoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The settings that apply where rules set nothing else.
 *
 * @param requestSettings the settings of a request that no rule matches
 * @param root the directory of the storage, or null if the files are not in a directory
 * @param writes the rules for uploads
 * @param servePrivate true if files without read permission for others are served
 * @param ports the port mode
 * @param directories opens the directories that rules name
 * @param neighbours the neighbour table for the {@code {mac}} placeholder
 */
public record CommonSettings(
        RequestSettings requestSettings,
        Path root,
        WriteRules writes,
        boolean servePrivate,
        PortMode ports,
        Directories directories,
        NeighbourTable neighbours) {
    /** Opens directories. */
    @FunctionalInterface
    public interface Directories {
        /**
         * Opens a directory.
         *
         * @throws IOException if it is not a directory that can be read
         */
        DirectoryStorage open(Path directory, WriteRules rules) throws IOException;
    }
}
