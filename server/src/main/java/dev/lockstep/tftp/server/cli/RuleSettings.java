package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.rules.CommonSettings;
import dev.lockstep.tftp.server.rules.ConfigException;
import dev.lockstep.tftp.server.rules.ConfigFile;
import dev.lockstep.tftp.server.rules.NeighbourTable;
import dev.lockstep.tftp.server.rules.RulePolicy;
import java.io.IOException;

/** Flags as what holds where no rule says anything else. */
record RuleSettings(
        StorageOptions storage, LimitOptions limits, NetworkOptions network, CommonSettings.Directories directories) {
    /** The rules of that file, which may be null. */
    RulePolicy read(ConfigFile file) throws IOException, ConfigException {
        CommonSettings common = new CommonSettings(
                new RequestSettings(storage.storage(directories), limits.limits()).withMtu(network.mtu()),
                storage.root(),
                storage.writes(),
                storage.servePrivate(),
                network.mode(),
                directories,
                NeighbourTable.ofThisMachine());
        return file == null ? ConfigFile.noRules(common) : file.rules(common);
    }
}
