package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.storage.DirectoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What holds where rules say nothing else.
 *
 * @param root the directory of the treatment's storage; null if its files are not in one
 * @param servePrivate whether files are served that others may not read
 * @param directories opens the directories that rules name
 */
public record CommonSettings(
        RequestSettings requestSettings,
        Path root,
        WriteRules writes,
        boolean servePrivate,
        PortMode ports,
        Directories directories,
        NeighbourTable neighbours) {
    /** A way to open directories. */
    @FunctionalInterface
    public interface Directories {
        /** Opens one. */
        DirectoryStorage open(Path directory, WriteRules rules) throws IOException;
    }
}
