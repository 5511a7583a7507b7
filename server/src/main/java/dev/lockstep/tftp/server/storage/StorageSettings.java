package dev.lockstep.tftp.server.storage;

import java.util.Objects;

/**
 * The settings of flags or of a rule for the files of a storage. A rule without settings of its own has those of the
 * flags, so they may accept uploads where a storage never does. Such a storage ignores them and refuses each upload.
 *
 * @param uploads the rules for uploads
 * @param servePrivate true if files without read permission for others are served; only for storages whose files have
 *     permissions
 * @param origin the settings for files on another server; only for storages that fetch their files from one
 */
public record StorageSettings(WriteRules uploads, boolean servePrivate, OriginSettings origin) {
    /** Checks the values. */
    public StorageSettings {
        Objects.requireNonNull(uploads, "uploads");
        Objects.requireNonNull(origin, "origin");
    }

    /** Creates settings with the defaults for files on another server. */
    public StorageSettings(WriteRules uploads, boolean servePrivate) {
        this(uploads, servePrivate, OriginSettings.DEFAULT);
    }
}
