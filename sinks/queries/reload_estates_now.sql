SYSTEM RELOAD DICTIONARY {db}.estates_now_dict {on_cluster}
