SYSTEM RELOAD DICTIONARY {db}.units_dict {on_cluster}
