SYSTEM RELOAD DICTIONARY {db}.candidates_dict {on_cluster}
