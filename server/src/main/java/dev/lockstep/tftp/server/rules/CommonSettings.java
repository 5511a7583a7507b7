package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.storage.StorageRegistry;
import dev.lockstep.tftp.server.storage.StorageSettings;

/**
 * The settings that apply where rules set nothing else.
 *
 * @param requestSettings the settings of a request that no rule matches
 * @param roots the roots of its storage
 * @param files the settings of the storage
 * @param ports the port mode
 * @param storages opens the roots that rules name
 * @param neighbours the neighbour table for the {@code {mac}} placeholder
 */
public record CommonSettings(
        RequestSettings requestSettings,
        Roots roots,
        StorageSettings files,
        PortMode ports,
        StorageRegistry storages,
        NeighbourTable neighbours) {}
